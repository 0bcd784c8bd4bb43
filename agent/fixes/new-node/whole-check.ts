import { stepsOf } from '#agent/fixes/fix-text.ts'
import { loadModule } from '#agent/fixes/lasting-lines.ts'
import { chooseFix } from '#agent/fixes/render-fix.ts'
import type { Check } from '#agent/model/check.ts'
import { closure } from '#agent/model/closure.ts'
import { findOpponents } from '#agent/model/conflict.ts'
import type { OpponentView } from '#agent/model/conflict.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import type { FixCandidate } from '#agent/model/fix-candidate.ts'
import type { AnyOfNeed, Need, WantedSysctl } from '#agent/model/need.ts'
import { allNeeds, checkNeeds } from '#agent/model/needs-of.ts'
import { nearFixes, otherFixes } from '#agent/model/other-fixes.ts'

/** What is to be ready on a node that does not exist yet. */
export interface NewNode {
  readonly catalog: ReadonlyMap<string, Check>
  /** Of a node like it, without the kernel. */
  readonly facts: FixFacts
  readonly checks: readonly string[]
  /** Somebody named the checks. */
  readonly isNamed: boolean
}

/** The fixes of all that the checks require, since a new node lacks everything. */
export function candidatesOfNew(node: NewNode): readonly FixCandidate[] {
  const { catalog, facts, checks } = node
  const isRequired = (need: Need) => !need.recommended && need.applies(facts) === null
  const needsOf = (name: string) => catalog.get(name)?.needs.filter(isRequired) ?? []
  const included = closure(checks, (name) =>
    needsOf(name).flatMap((need) => (need.type === 'check' ? [need.check] : [])),
  )
  return [...included].flatMap((name) => {
    const check = catalog.get(name)
    return check === undefined ? [] : needsOf(name).flatMap((need) => candidatesOfNeed(need, check, node))
  })
}

/** The settings of the kernel that the checks ask for. */
export function sysctlsOfNew({ catalog, checks }: NewNode): readonly WantedSysctl[] {
  const included = closure(checks, (name) => includedIn(catalog.get(name)))
  return [...included].flatMap((name) =>
    allNeeds(catalog.get(name)?.needs ?? []).flatMap((need) =>
      need.type === 'host' && need.sysctl !== null ? [need.sysctl] : [],
    ),
  )
}

function candidatesOfNeed(need: Need, check: Check, node: NewNode): readonly FixCandidate[] {
  if (need.type === 'check') return []
  const { facts } = node
  const candidate = {
    exact: need.type === 'anyOf' ? anyModule(need, facts) : moduleFix(need, check, facts),
    others: otherFixes(need, check, null),
    opponents: findOpponents(need, [], opponentsAmong(node)),
  }
  if (isOfUse(candidate, need, facts)) return [candidate]
  return need.type === 'anyOf' ? firstKnown(need, check, node) : []
}

/** Of alternatives, the first that something is known for. Where one is about the kernel alone, a newer one needs nothing. */
function firstKnown({ needs }: AnyOfNeed, check: Check, node: NewNode): readonly FixCandidate[] {
  const applying = needs.filter((need) => need.applies(node.facts) === null)
  if (applying.some((need) => need.type === 'host' && need.kind === 'kernelVersion')) return []
  const each = applying.map((need) =>
    need.type === 'check'
      ? candidatesOfNew({ ...node, checks: [need.check] })
      : candidatesOfNeed(need, check, node),
  )
  return each.find((candidates) => candidates.length > 0) ?? []
}

/** What no fix brings to a machine or its kernel: a note about it says nothing of a node that nobody knows. */
const ofMachine = [
  'cgroup',
  'cpuFeature',
  'device',
  'disk',
  'kernelCmdline',
  'kernelConfig',
  'kernelVersion',
  'lsm',
]

/** Whether a command comes of it, or what the owner of an image has to do, or why nothing may be done. */
function isOfUse(candidate: FixCandidate, need: Need, facts: FixFacts): boolean {
  const steps = stepsOf([candidate], facts, { ofSeveral: false, isNamed: true })
  if (steps.some(({ type }) => type === 'command') || candidate.opponents.length > 0) return true
  const kinds = allNeeds([need]).flatMap((one) => (one.type === 'host' ? [one.kind] : []))
  return facts.installer === 'image' && steps.length > 0 && !kinds.some((kind) => ofMachine.includes(kind))
}

/** A module, and what the check's file installs for just this need. */
function moduleFix(need: Need, check: Check, facts: FixFacts): Fix | null {
  const name = moduleOf(need)
  if (name === null) return null
  const near = nearFixes(need, check)
    .map((fix) => chooseFix(fix, facts))
    .find((fix) => fix !== null)
  return { packages: near?.packages, modules: [name] }
}

/** Of modules any of which will do, a kernel may have just one. */
function anyModule({ needs }: AnyOfNeed, facts: FixFacts): Fix | null {
  const names = needs.filter((need) => need.applies(facts) === null).map(moduleOf)
  if (names.length < 2 || names.includes(null)) return null
  const commands = names.map((name) => `{ ${loadModule(name ?? '', facts)}; }`)
  return { run: [commands.join(' || ')] }
}

function moduleOf({ id }: Need): string | null {
  return /^kernelModule:([\w-]+)$/.exec(id)?.[1] ?? null
}

/** The checks that are to be ready want what they want; what else may run there, nobody knows yet. */
function opponentsAmong({ catalog, checks }: NewNode): OpponentView {
  return {
    publishedBy: (name) =>
      checks.filter((one) => closure([one], (one) => includedIn(catalog.get(one))).has(name)),
    opposing: () => [],
  }
}

function includedIn(check: Check | undefined): readonly string[] {
  return checkNeeds(check?.needs ?? []).map((need) => need.check)
}
