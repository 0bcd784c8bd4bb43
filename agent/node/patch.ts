import { conditionType, labelKey, reportAnnotation } from '#agent/model/names.ts'
import type { ShownConditions } from '#agent/model/state.ts'
import type { NodeCondition, NodePatch } from './node-api.ts'
import type { Report, ReportCheck } from '#agent/model/report.ts'
import { renderAnnotation } from './annotation.ts'
import { apiTime } from './api-time.ts'
import { renderMessage } from './message.ts'
import { conditionStatus } from './state-on-node.ts'

export interface PatchOptions {
  /** What the Node says now; the times of unchanged conditions stay as they are. */
  readonly before: readonly NodeCondition[]
  readonly now: Date
  /** The checks that the annotation says were seen. Default: none. */
  readonly seen?: readonly string[]
}

/**
 * The report as a Node patch. The same report gives the same patch, so applying it again writes nothing: it contains no
 * measurement, and a condition's times change only when the condition does. A condition that was not there before is as old as the
 * check's state. What is switched off or no longer published is not in
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
      annotations: publish.annotation
        ? { [reportAnnotation]: renderAnnotation(report, checks, options.seen) }
        : {},
    },
    status: {
      conditions: checks.filter(isShown(publish.conditions)).map((one) => renderCondition(one, options)),
    },
  }
}

/** A condition is a problem when its status is not True: a recommendation that is not met is none. */
function isShown(shown: ShownConditions): (check: ReportCheck) => boolean {
  return ({ published: { state } }) =>
    shown === 'all' || (shown === 'problems' && conditionStatus[state] !== 'True')
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
