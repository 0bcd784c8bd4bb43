import { fixSteps } from '#agent/fixes/fix-steps.ts'
import type { FixStep } from '#agent/fixes/fix-steps.ts'
import type { ScriptPart } from '#agent/fixes/script/fix-script.ts'
import { hasCommands } from '#agent/fixes/script/script-parts.ts'
import type { Check } from '#agent/model/check.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import { newNodeFacts, newNodeFix } from './new-node-fix.ts'

/** A node that new ones are to be like. */
export interface NodeLike {
  readonly name: string
  readonly facts: FixFacts
  /** What is to be ready on them. */
  readonly checks: readonly string[]
}

export interface NewNodesOptions {
  readonly catalog: ReadonlyMap<string, Check>
  /** Somebody named the checks: what switches something off is done too. */
  readonly isNamed: boolean
}

/** What new nodes of one distribution are given. */
export interface NewNodes {
  /** os-release(5) ID: letters, digits, dots, hyphens and underscores. */
  readonly distro: string
  readonly facts: FixFacts
  readonly checks: readonly string[]
  readonly fix: Fix
  readonly steps: readonly FixStep[]
}

export interface NewNodesPlan {
  /** Those for which there are commands. */
  readonly nodes: readonly NewNodes[]
  /** What no command does, a line each. */
  readonly notes: readonly string[]
  /** Why what these nodes need cannot be told by their distribution; a line each. */
  readonly refusals: readonly string[]
}

/** What is done on new nodes like these, by their distribution: more is not known of a node before it exists. */
export function planNewNodes(likes: readonly NodeLike[], options: NewNodesOptions): NewNodesPlan {
  const byDistro = [...Map.groupBy(likes, ({ facts }) => facts.distro.id ?? '')]
  const plans = byDistro.map(([distro, group]) => planDistro(distro, group, options))
  return {
    nodes: plans.flatMap(({ nodes }) => nodes),
    notes: plans.flatMap(({ notes }) => notes),
    refusals: plans.flatMap(({ refusals }) => refusals),
  }
}

function planDistro(distro: string, likes: readonly NodeLike[], options: NewNodesOptions): NewNodesPlan {
  const none = { nodes: [], notes: [], refusals: [] }
  if (!/^[a-z0-9._-]+$/.test(distro))
    return { ...none, refusals: [`the distribution of ${namesOf(likes)} is not known`] }
  const checks = [...new Set(likes.flatMap((like) => like.checks))].toSorted()
  const kinds = [...Map.groupBy(likes, ({ facts }) => JSON.stringify(newNodeFacts(facts))).values()].flatMap(
    (group) => group.slice(0, 1).flatMap(({ facts }) => planKind(distro, { facts, checks }, options) ?? []),
  )
  const different = new Set(kinds.map(({ steps, facts }) => JSON.stringify([facts.installer, steps])))
  if (different.size > 1)
    return {
      ...none,
      refusals: [
        `new nodes of ${distro} would need different commands (${namesOf(likes)}): choose Nodes of one pool`,
      ],
    }
  const [first] = kinds
  if (first === undefined) return none
  return {
    nodes: hasCommands(first.steps) ? [first] : [],
    notes: first.steps.flatMap(({ type, text }) => (type === 'note' ? [`${distro}: ${text}`] : [])),
    refusals: [],
  }
}

function planKind(distro: string, like: Omit<NodeLike, 'name'>, options: NewNodesOptions): NewNodes | null {
  const [facts, { checks }] = [newNodeFacts(like.facts), like]
  const fix = newNodeFix({ ...options, facts, checks })
  return fix === null ? null : { distro, facts, checks, fix, steps: fixSteps(fix, facts) }
}

function namesOf(likes: readonly NodeLike[]): string {
  const names = likes.slice(0, 5).map(({ name }) => name)
  return likes.length > names.length ? `${names.join(', ')}, …` : names.join(', ')
}

/** For a script of all of them. */
export function partsOf(nodes: readonly NewNodes[]): readonly ScriptPart[] {
  return nodes.map(({ distro, facts, checks, steps }) => ({
    distro,
    hosts: null,
    installer: facts.installer,
    about: [`new nodes of ${distro}: ${checks.join(', ')}`],
    steps,
  }))
}
