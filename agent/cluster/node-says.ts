import { checkNamePattern, conditionType } from '#agent/model/names.ts'
import { plainLine } from '#agent/model/plain.ts'
import { isReason, stateOf } from '#agent/model/reason.ts'
import type { State } from '#agent/model/state.ts'
import { readAnnotation } from '#agent/node/annotation.ts'
import type { NodeReport } from '#agent/node/annotation.ts'
import { apiTime } from '#agent/node/api-time.ts'
import type { NodeView } from '#agent/node/node-api.ts'
import { conditionOf, labelledChecks, stateOn } from '#agent/node/state-on-node.ts'
import type { NeedRef } from './fix-elsewhere.ts'

/** What a Node says of one check. All of it is harmless lines. */
export interface SaidCheck {
  readonly name: string
  readonly state: State
  /** RFC 3339; null when it does not say. */
  readonly since: string | null
  readonly was: State | null
  readonly reason: string | null
  readonly needs: readonly NeedRef[]
  /** Containers that crash-loop there because of it. */
  readonly crashes: number
}

/** All that hostdeps said on a Node, whenever that was. */
export interface NodeSays {
  readonly checks: readonly SaidCheck[]
  readonly host: NodeReport['host'] | null
  /** Checks for which the annotation has no room. */
  readonly omitted: number
  /** The checks of workloads that were seen there. */
  readonly seen: readonly string[]
  /** Why the annotation cannot be read; null when it can, or there is none. */
  readonly trouble: string | null
}

/** Its annotation first, which says most; the labels and conditions for what it does not say, as where it is switched off. */
export function readNode(node: NodeView, knownChecks: readonly string[]): NodeSays {
  const read = node.report === null ? null : readAnnotation(node.report)
  const report = read === null || 'unreadable' in read ? null : read
  const entries = new Map(report?.checks.map((entry) => [entry.check, entry]))
  const labelled = labelledChecks(node).filter((name) => checkNamePattern.test(name))
  const conditioned = knownChecks.filter((name) =>
    node.conditions.some(({ type }) => type === conditionType(name)),
  )
  const names = [...new Set([...entries.keys(), ...labelled, ...conditioned])]
  return {
    checks: names.flatMap((name) => saidOf(node, name, entries.get(name)) ?? []),
    host: report?.host ?? null,
    omitted: report?.omitted ?? 0,
    seen: report?.seen ?? [],
    trouble: read !== null && 'unreadable' in read ? plainLine(read.unreadable) : null,
  }
}

function saidOf(
  node: NodeView,
  name: string,
  entry: NodeReport['checks'][number] | undefined,
): SaidCheck | null {
  const condition = conditionOf(node, name)
  const state = entry?.state ?? stateOn(node, name)
  if (state === undefined) return null
  return {
    name,
    state,
    since: entry?.since ?? timeOf(condition?.lastTransitionTime),
    was: entry?.was ?? null,
    reason: condition === undefined ? reasonOf(state, entry) : plainLine(condition.reason),
    needs: entry?.needs?.map(({ id, reason }) => ({ id: plainLine(id), reason: plainLine(reason) })) ?? [],
    crashes: entry?.crashes ?? 0,
  }
}

/** Without a condition, as where only problems have one, that of the first need that has this state. */
function reasonOf(state: State, entry: NodeReport['checks'][number] | undefined): string | null {
  const first = entry?.needs?.find(({ reason }) => isReason(reason) && stateOf(reason) === state)
  return first?.reason ?? null
}

function timeOf(text: string | undefined): string | null {
  const time = new Date(text ?? Number.NaN)
  return Number.isNaN(time.getTime()) ? null : apiTime(time)
}
