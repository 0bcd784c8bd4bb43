import { needWords } from '#agent/cluster/fix-elsewhere.ts'
import { plainLine } from '#agent/model/plain.ts'
import { isUsable } from '#agent/model/state.ts'
import { readFixResult } from '#agent/node/fix-result.ts'
import type { FixResult } from '#agent/node/fix-result.ts'
import type { FixJob } from '#agent/node/job-api.ts'
import type { ClusterEvent, ClusterPod } from '#agent/node/pod-api.ts'

/** How far the fix of a node is. */
export type FixProgress =
  | { readonly is: 'waiting' | 'running'; readonly says: string }
  | { readonly is: 'ended'; readonly isReady: boolean; readonly says: string; readonly result: FixResult }
  /** It will not come to an answer. */
  | {
      readonly is: 'lost'
      readonly says: string
      /** No container of it ever ran: nothing was begun on the host. */
      readonly isUntried: boolean
    }

export interface FixSeen {
  /** null when it is gone. */
  readonly job: FixJob | null
  readonly pods: readonly ClusterPod[]
  /** Warnings about the Job, as that no pod of it may be made. */
  readonly events: readonly ClusterEvent[]
  /** Whether the kubelet of its node is Ready. */
  readonly isNodeReady: boolean
}

export const goesOn = 'what it began goes on there, as the unit hostdeps-fix: call again to see how it ended'

/** What the Job, its pod and its events tell, the surest first. */
export function progressOfFix({ job, pods, events, isNodeReady }: FixSeen): FixProgress {
  const pod = newest(pods)
  const container = pod?.containers.find(({ name }) => name === 'fix')
  const end = container?.ended ?? null
  const result = end === null ? null : readFixResult(end.message)
  if (result !== null) return ended(result)
  if (pod === undefined) return withoutPod(job, events)
  const hasRun = end !== null || typeof container?.runningSince === 'number'
  if (end !== null)
    return begun(
      `its pod ended with ${end.reason} (exit code ${end.code}) and no result${end.message === '' ? '' : `: ${end.message}`}`,
    )
  if (pod.phase === 'Failed' && !hasRun)
    return untried(`the kubelet refused its pod: ${pod.reason || pod.phase}: ${pod.message}`)
  if (pod.phase === 'Failed' || job === null || job.state === 'failed' || pod.isDeleting)
    return begun(`its pod was ended (${job?.reason || pod.reason || 'deleted'})`)
  if (hasRun) return { is: 'running', says: 'its pod runs' }
  const waiting = container?.waiting ?? null
  if (waiting !== null && hopeless.includes(waiting.reason))
    return untried(`its pod does not start: ${waiting.reason}: ${waiting.message}`)
  const why = isNodeReady ? (waiting?.reason ?? 'Pending') : 'the kubelet of this node is not Ready'
  return { is: 'waiting', says: plainLine(`its pod waits: ${why}`) }
}

/** Of a Job's pods, the one that counts. */
export function newest(pods: readonly ClusterPod[]): ClusterPod | undefined {
  return pods.toSorted((one, other) => other.createdAt - one.createdAt)[0]
}

function untried(says: string): FixProgress {
  return { is: 'lost', says: plainLine(says), isUntried: true }
}

/** What the pod began on the host does not end with it. */
function begun(says: string): FixProgress {
  return { is: 'lost', says: `${plainLine(says)}; ${goesOn}`, isUntried: false }
}

/** https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/kubelet/images/types.go */
const hopeless = [
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]

function withoutPod(job: FixJob | null, events: readonly ClusterEvent[]): FixProgress {
  const refused = events.find(({ reason }) => reason === 'FailedCreate')
  if (refused !== undefined) return untried(`no pod may be made there: ${refused.message}`)
  if (job === null) return begun('its Job is gone')
  if (job.state === 'failed') return begun(`its Job failed (${job.reason}) and its pod is gone`)
  return { is: 'waiting', says: 'its Job is created' }
}

const dids = {
  run: 'the script ended with',
  none: 'nothing was begun:',
  wait: 'nothing was begun:',
  refuse: 'nothing was begun:',
} as const

/** The checks that were asked again are the result, whatever the script's end. */
function ended(result: FixResult): FixProgress {
  const { did, how, checks } = result
  const isReady = checks.length > 0 && checks.every(({ state }) => isUsable(state))
  const words = checks.map(({ check, state, needs }) => {
    const why = needWords(needs)
    return `${check} is ${state}${why === '' ? '' : ` (${why})`}`
  })
  const before = isReady && did === 'run' ? '' : `${dids[did]} ${how}; `
  return { is: 'ended', isReady, result, says: plainLine(`${before}asked again: ${words.join(', ')}`) }
}
