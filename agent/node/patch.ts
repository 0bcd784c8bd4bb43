import { conditionType, labelKey, reportAnnotation } from '#agent/model/names.ts'
import type { NodeCondition, NodePatch } from './node-api.ts'
import type { Report, ReportCheck } from '#agent/model/report.ts'
import { renderMessage } from './message.ts'
import { conditionStatus } from './read-back.ts'

export interface PatchOptions {
  /** What the Node says now; the times of unchanged conditions stay as they are. */
  readonly before: readonly NodeCondition[]
  readonly now: Date
}

/**
 * The report as a Node patch. The same report gives the same patch, so applying it again writes nothing: it contains no
 * measurement, and a condition's times change only when the condition does. What is switched off or no longer published is not in
 * it, so the API server removes that from the Node.
 */
export function renderNodePatch(report: Report, options: PatchOptions): NodePatch {
  const checks = report.checks.filter((check) => check.isPublished)
  const { publish } = report.settings
  const labels = checks.map((check) => [labelKey(check.name), check.published.state] as const)
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: report.node,
      labels: publish.labels ? Object.fromEntries(labels) : {},
      annotations: publish.annotation ? { [reportAnnotation]: renderAnnotation(report, checks) } : {},
    },
    status: { conditions: publish.conditions ? checks.map((check) => renderCondition(check, options)) : [] },
  }
}

function renderCondition({ name, published }: ReportCheck, { before, now }: PatchOptions): NodeCondition {
  const type = conditionType(name)
  const old = before.find((condition) => condition.type === type)
  const said = {
    type,
    status: conditionStatus[published.state],
    reason: published.reason,
    message: renderMessage(published, longestMessage),
  }
  const hasTurned = old?.status !== said.status
  const isSame = !hasTurned && old.reason === said.reason && old.message === said.message
  return {
    ...said,
    lastTransitionTime: hasTurned ? apiTime(new Date(published.since)) : old.lastTransitionTime,
    lastHeartbeatTime: isSame ? old.lastHeartbeatTime : apiTime(now),
  }
}

/** Characters; `kubectl describe node` shows it in one line. */
const longestMessage = 256

/** Bytes; the annotations of an object share 256 KiB, and every watcher of Nodes receives them. */
const longestAnnotation = 4096

/** The versioned contract with our own CLI. When it would be too long, whole checks are left out and counted. */
function renderAnnotation(report: Report, checks: readonly ReportCheck[]): string {
  const entries = checks.map(({ name, published: { state, since, reason, needs } }) => ({
    check: name,
    state,
    since: apiTime(new Date(since)),
    reason,
    needs,
  }))
  for (let kept = entries.length; ; kept--) {
    const omitted = entries.length - kept
    const text = JSON.stringify({ v: 1, distro: report.host.distro, checks: entries.slice(0, kept), omitted })
    if (Buffer.byteLength(text) <= longestAnnotation || kept === 0) return text
  }
}

/** metav1.Time has whole seconds. */
function apiTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z')
}
