import { readAnnotation } from '#agent/node/annotation.ts'
import type { NodeReport } from '#agent/node/annotation.ts'
import { conditionOf, labelledChecks, stateOn } from '#agent/node/state-on-node.ts'
import type { NodeView } from '#agent/node/node-api.ts'
import { isReason } from '#agent/model/reason.ts'
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
  const annotation = node.report === null ? null : readAnnotation(node.report)
  const entries = annotation !== null && 'checks' in annotation ? annotation.checks : []
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

function restoreCheck(node: NodeView, name: string, said: Said): ReportCheck | null {
  const state = stateOn(node, name)
  const published = state === undefined ? null : restorePublished(node, { name, state, ...said })
  if (published === null) return null
  const { reason, message, since } = published
  const now = { state: published.state, reason, message, fix: null, since, published }
  const counts = { changes: 0, changesTo: noChanges, flaps: 0 }
  return { ...now, name, title: name, why: '', findings: [], isPublished: true, pending: null, ...counts }
}

/** The condition says since when and why. Without conditions only the label is left, and only `ready` must survive. */
function restorePublished(node: NodeView, news: Said & { name: string; state: State }): Published | null {
  const { name, state, entries, now } = news
  const condition = conditionOf(node, name)
  const detail = detailOf(entries, name, state)
  if (condition !== undefined && isReason(condition.reason)) {
    const { reason, message, lastTransitionTime: since } = condition
    return { state, since, reason, message, fix: null, ...detail }
  }
  if (state !== 'ready') return null
  return { state, since: now.toISOString(), reason: 'AllReady', message: 'ready', fix: null, ...detail }
}

/** What only the annotation says; it counts while it agrees with the label. */
function detailOf(entries: Said['entries'], name: string, state: State): Pick<Published, 'was' | 'needs'> {
  const entry = entries.find(({ check, state: said }) => check === name && said === state)
  const needs = (entry?.needs ?? []).flatMap(({ id, reason }) => (isReason(reason) ? [{ id, reason }] : []))
  return { was: entry?.was ?? null, needs }
}
