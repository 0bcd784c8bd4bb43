import { candidatesElsewhere } from '#agent/cluster/fix-elsewhere.ts'
import { fixFactsOf } from '#agent/cluster/host-facts.ts'
import type { CheckOnNode, NodeStatus } from '#agent/cluster/node-status.ts'
import { hasCommands, stepsOfHost } from '#agent/fixes/script/script-parts.ts'
import type { HostToFix, Lacking } from '#agent/fixes/script/script-parts.ts'
import type { Check } from '#agent/model/check.ts'
import { allNeeds } from '#agent/model/needs-of.ts'
import { isReason, stateOf } from '#agent/model/reason.ts'

/** What is to be done about a node. All texts are harmless. */
export interface NodePlan {
  readonly node: string
  /** null where no command is run there. */
  readonly host: HostToFix | null
  /** What no command does, or why nothing is done; a line each. */
  readonly notes: readonly string[]
  /** Whether all that was asked about is ready there. */
  readonly isReady: boolean
  /** The checks that are missing or unknown there and stay so: nothing is known here that fixes them. */
  readonly left: readonly string[]
  /** What is done there counts only after a reboot. */
  readonly wantsReboot: boolean
}

export interface PlanOptions {
  readonly catalog: ReadonlyMap<string, Check>
  /** The checks that are wanted; null for all that the Node speaks of. */
  readonly only: readonly string[] | null
}

/** Finds what each node lacks and what a script can do about it, by the catalogue that is here. */
export function planFixes(nodes: readonly NodeStatus[], options: PlanOptions): readonly NodePlan[] {
  return nodes.map((node) => planNode(node, options))
}

function planNode(status: NodeStatus, { catalog, only }: PlanOptions): NodePlan {
  const { name: node, checks: all } = status
  const checks = only === null ? all : all.filter(({ name }) => only.includes(name))
  const missing = checks.filter(({ says }) => says === 'missing')
  const unknown = checks.filter(({ says }) => says === 'unknown' || says === null)
  const notes = unknown.map(({ name, reason }) => `${name}: not known there (${reason ?? 'no reason'})`)
  const nothing = { node, host: null, isReady: false, wantsReboot: false }
  if (checks.length === 0) return { ...nothing, left: [], notes: ['hostdeps says nothing of this Node'] }
  if (missing.length === 0 && unknown.length === 0) return { ...nothing, isReady: true, left: [], notes: [] }
  const facts = status.host === null ? null : fixFactsOf(status.host)
  if (facts?.distro.id == null) {
    const why = missing.length === 0 ? [] : [status.trouble ?? 'no agent has said which distribution it is']
    return { ...nothing, left: namesOf([...missing, ...unknown]), notes: [...notes, ...why] }
  }
  const elsewhere = { catalog, facts, checks: new Map(all.map((check) => [check.name, check])) }
  const found = missing.map((check) => ({ check, candidates: candidatesElsewhere(check.name, elsewhere) }))
  const lost = found.flatMap(({ check, candidates }) => (candidates === null ? [check] : []))
  const host: HostToFix = {
    name: node,
    facts,
    lacking: found.flatMap(({ check, candidates }) =>
      candidates === null ? [] : [lackingOf(check, catalog)],
    ),
    candidates: found.flatMap(({ candidates }) => candidates ?? []),
    isNamed: only !== null,
  }
  const steps = stepsOfHost(host)
  const hasAny = hasCommands(steps)
  const reboot = steps.some(({ type }) => type === 'reboot')
  return {
    ...nothing,
    host: hasAny ? host : null,
    left: namesOf([...lost, ...unknown]),
    wantsReboot: reboot,
    notes: [
      ...notes,
      ...lost.map((check) => noFix(check, catalog)),
      ...steps.flatMap(({ type, text }) => (type === 'note' ? [text] : [])),
      ...(reboot && !hasAny ? ['it waits for a reboot, and nothing else'] : []),
    ],
  }
}

function namesOf(checks: readonly CheckOnNode[]): readonly string[] {
  return checks.map(({ name }) => name)
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
