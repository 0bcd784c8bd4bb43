import { candidatesElsewhere } from '#agent/cluster/fix-elsewhere.ts'
import { fixFactsOf } from '#agent/cluster/host-facts.ts'
import type { CheckOnNode, NodeStatus } from '#agent/cluster/node-status.ts'
import { hasCommands, stepsOfHost } from '#agent/fixes/script/script-parts.ts'
import type { HostToFix, Lacking } from '#agent/fixes/script/script-parts.ts'
import type { Check } from '#agent/model/check.ts'
import { allNeeds } from '#agent/model/needs-of.ts'
import { isReason, stateOf } from '#agent/model/reason.ts'
import { isUsable } from '#agent/model/state.ts'

/** What is to be done about a node. All texts are harmless. */
export interface NodePlan {
  readonly node: string
  /** "debian 12"; null where the node does not say. */
  readonly os: string | null
  /** null where no command is run there. */
  readonly host: HostToFix | null
  /** What no command does, or why nothing is done; a line each. */
  readonly notes: readonly string[]
  /** Whether all that was asked about is ready there. */
  readonly isReady: boolean
  /** The checks that are missing there and stay so: nothing is known here that fixes them. */
  readonly left: readonly string[]
}

export interface PlanOptions {
  readonly catalog: ReadonlyMap<string, Check>
  /** The checks that are wanted; null for all that are missing. */
  readonly only: readonly string[] | null
}

/** Finds what each node lacks and what a script can do about it, by the catalogue that is here. */
export function planFixes(nodes: readonly NodeStatus[], options: PlanOptions): readonly NodePlan[] {
  return nodes.map((node) => planNode(node, options))
}

function planNode(status: NodeStatus, { catalog, only }: PlanOptions): NodePlan {
  const { name: node, host, checks } = status
  const os = host === null ? null : [host.distro, host.version].filter(Boolean).join(' ')
  const wanted = only === null ? checks : checks.filter(({ name }) => only.includes(name))
  const isMissing = ({ says }: CheckOnNode) => says === 'missing'
  const facts = host === null ? null : fixFactsOf(host)
  const unknown = wanted.filter(({ says }) => says === 'unknown' || (only !== null && says === null))
  const lacking =
    only === null ? wanted.filter(isMissing) : wanted.filter(({ says }) => says !== 'not-applicable')
  const notes = unknown.map(({ name, reason }) => `${name}: not known there (${reason ?? 'no reason'})`)
  const isReady = wanted.length > 0 && wanted.every(({ says }) => says !== null && isUsable(says))
  const plan = { node, os, isReady, left: [] }
  if (wanted.length === 0) return { ...plan, host: null, notes: ['hostdeps says nothing of this Node'] }
  if (facts === null) {
    const left = lacking.filter(isMissing).map((check) => check.name)
    const why = status.trouble ?? 'no agent has said what host it is'
    return { ...plan, left, host: null, notes: left.length > 0 ? [...notes, why] : notes }
  }
  const elsewhere = { catalog, facts, checks: new Map(checks.map((check) => [check.name, check])) }
  const found = lacking.map((check) => ({ check, candidates: candidatesElsewhere(check.name, elsewhere) }))
  const lost = found.filter(({ check, candidates }) => candidates === null && isMissing(check))
  const fixable = found.filter(({ candidates }) => candidates !== null)
  const toFix: HostToFix = {
    name: node,
    facts,
    lacking: fixable.map(({ check }) => lackingOf(check, catalog)),
    candidates: fixable.flatMap(({ candidates }) => candidates ?? []),
  }
  const steps = stepsOfHost(toFix)
  return {
    ...plan,
    left: lost.map(({ check }) => check.name),
    host: hasCommands(steps) ? toFix : null,
    notes: [
      ...notes,
      ...lost.map(({ check }) => noFix(check, catalog)),
      ...steps.flatMap(({ type, text }) => (type === 'note' ? [text] : [])),
    ],
  }
}

function noFix({ name }: CheckOnNode, catalog: ReadonlyMap<string, Check>): string {
  return catalog.has(name)
    ? `${name}: its fix depends on more than the Node says: run hostdeps fix ${name} on that host`
    : `${name}: a custom check: name the folder of its file by --checks`
}

/** By the ids of the catalogue alone; what the Node says beside them is no word of ours. */
function lackingOf({ name, needs }: CheckOnNode, catalog: ReadonlyMap<string, Check>): Lacking {
  const ids = new Set(allNeeds(catalog.get(name)?.needs ?? []).map(({ id }) => id))
  const known = needs.filter(
    ({ id, reason }) => ids.has(id) && isReason(reason) && stateOf(reason) === 'missing',
  )
  return { check: name, needs: known }
}
