import { entriesOf } from '#agent/node/annotation.ts'
import type { NodeReport } from '#agent/node/annotation.ts'
import { conditionOf, labelledChecks, stateOn } from '#agent/node/state-on-node.ts'
import type { NodeCondition, NodeView } from '#agent/node/node-api.ts'
import { isReason, stateOf } from '#agent/model/reason.ts'
import type { ReportCheck, Settings, Published } from '#agent/model/report.ts'
import { noChanges } from '#agent/model/settle.ts'
import type { Settled } from '#agent/model/settle.ts'
import { noSpawns } from '#agent/model/spawns.ts'
import type { State } from '#agent/model/state.ts'

export interface RestoreOptions {
  /** Used until a round brings its own. */
  readonly settings: Settings
  readonly now: Date
  /** Boot clock. */
  readonly boot: number
}

/**
 * What was settled before a restart, read back from the Node, so that a check resumes from there without a false recovery or a new
 * since-time. Checks that are not on the Node start fresh.
 */
export function restoreSettled(node: NodeView, { settings, now, boot }: RestoreOptions): Settled {
  const names = new Set([...labelledChecks(node), ...settings.checks])
  const entries = entriesOf(node)
  const checks = [...names].flatMap((name) => restoreCheck(node, name, { entries, now }) ?? [])
  const memory = checks.map((check) => {
    const unknownFrom = check.published.state === 'unknown' ? boot : null
    return [check.name, { check, missingFrom: null, unknownFrom }] as const
  })
  const probing = { watched: 0, refused: 0, lost: 0, spawned: noSpawns, abandoned: 0, cut: 0 }
  const said = { ...settings, checks: checks.map(({ name }) => name) }
  const at = now.toISOString()
  const report = {
    v: 1,
    node: node.name,
    at,
    took: 0,
    settings: said,
    host: unknownHost,
    probing,
    crashes: [],
    seen: [],
    fix: null,
    checks,
  } as const
  return { report, memory: new Map(memory) }
}

interface Said {
  /** Of the annotation; none where it cannot be read. */
  readonly entries: NodeReport['checks']
  readonly now: Date
}

/** Until a round brings it. */
const unknownHost = {
  hostname: null,
  os: '',
  distro: null,
  version: null,
  family: null,
  installer: 'unknown',
  imageBased: null,
  kernel: null,
  arch: '',
  container: null,
}

function restoreCheck(node: NodeView, name: string, { entries, now }: Said): ReportCheck | null {
  const entry = entries.find(({ check }) => check === name)
  const state = stateOn(node, name) ?? entry?.state
  if (state === undefined) return null
  // The annotation counts while it agrees with the label.
  const published = restorePublished(conditionOf(node, name), {
    state,
    entry: entry?.state === state ? entry : undefined,
    now,
  })
  if (published === null) return null
  const { reason, message, since } = published
  const said = { state: published.state, reason, message, fix: null, since, published }
  const counts = { changes: 0, changesTo: noChanges, flaps: 0 }
  return { ...said, name, title: name, why: '', findings: [], isPublished: true, pending: null, ...counts }
}

interface Before {
  readonly state: State
  readonly entry: NodeReport['checks'][number] | undefined
  readonly now: Date
}

/**
 * The annotation says since when, the condition why. Where there is no condition, the annotation's needs do, until a round does. With
 * neither only the label is left, and only `ready` must survive.
 */
function restorePublished(
  condition: NodeCondition | undefined,
  { state, entry, now }: Before,
): Published | null {
  const needs = (entry?.needs ?? []).flatMap(({ id, reason }) => (isReason(reason) ? [{ id, reason }] : []))
  const detail = { state, fix: null, was: entry?.was ?? null, needs }
  if (condition !== undefined && isReason(condition.reason)) {
    const { reason, message, lastTransitionTime } = condition
    return { ...detail, since: entry?.since ?? lastTransitionTime, reason, message }
  }
  const words = wordsWithout(state, needs)
  if (words === null) return null
  return { ...detail, since: entry?.since ?? now.toISOString(), ...words }
}

function wordsWithout(state: State, needs: Published['needs']): Pick<Published, 'reason' | 'message'> | null {
  if (state === 'ready') return { reason: 'AllReady', message: 'ready' }
  if (state === 'not-applicable') return { reason: 'NotApplicable', message: 'does not apply here' }
  const first = needs.find(({ reason }) => stateOf(reason) === state)
  return first === undefined ? null : { reason: first.reason, message: `${first.id} is ${state}` }
}
