import { showDuration } from '#agent/model/duration.ts'
import type { ClusterPod, ContainerEnd, PodContainer } from '#agent/node/pod-api.ts'

/**
 * `crashing` ends again and again; `ended` has failed and is not started again; `refused` was never started by the runtime;
 * `image` and `config` lack what they are made of; `not ready` runs; `starting` waits, as for a volume.
 */
export type Way = 'crashing' | 'ended' | 'refused' | 'image' | 'config' | 'not ready' | 'starting'

export interface Failing {
  readonly container: PodContainer
  readonly way: Way
  /** null when it has not ended. */
  readonly end: ContainerEnd | null
}

const imageReasons = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]

const notStarted = ['StartError', 'ContainerCannotRun']

/** Milliseconds for which a container that runs is still one that lately crashed: the kubelet's longest back-off, twice. */
const lately = 10 * 60_000

/** Milliseconds that a pod may take to start before that is worth a question. */
const patience = 30_000

/** Milliseconds after which an init container hangs, as far as anybody can tell. */
const longInit = 5 * 60_000

/** Those that are wrong, worst first. A pod's phase says nothing of it: that of a crash loop is Running. */
export function failingContainers(pod: ClusterPod, now: number): readonly Failing[] {
  const all = pod.containers.flatMap((container) => {
    const way = wayOf(container, pod, now)
    return way === null ? [] : [{ container, way, end: container.ended ?? container.lastEnd }]
  })
  // The others wait for it.
  const first = all.find(({ container, way }) => container.kind === 'init' && way !== 'starting')
  return first === undefined ? all.toSorted((a, b) => order.indexOf(a.way) - order.indexOf(b.way)) : [first]
}

const order: readonly Way[] = ['crashing', 'ended', 'refused', 'image', 'config', 'starting', 'not ready']

function wayOf(container: PodContainer, pod: ClusterPod, now: number): Way | null {
  const { waiting, ended, lastEnd, kind, isReady, runningSince } = container
  // Whoever debugs a pod is no part of it.
  if (kind === 'ephemeral') return null
  if (waiting !== null) return wayOfWaiting(waiting.reason, lastEnd)
  if (ended !== null) {
    if (ended.code === 0) return null
    return notStarted.includes(ended.reason) ? 'refused' : pod.phase === 'Failed' ? 'ended' : 'crashing'
  }
  if (runningSince === null) return null
  const hasCrashed = lastEnd !== null && now - (lastEnd.finishedAt ?? 0) < lately
  if (hasCrashed) return notStarted.includes(lastEnd.reason) ? 'refused' : 'crashing'
  const runsFor = now - runningSince
  if (kind === 'init') return runsFor < longInit ? null : 'not ready'
  return isReady || runsFor < patience ? null : 'not ready'
}

function wayOfWaiting(reason: string, lastEnd: ContainerEnd | null): Way {
  if (imageReasons.includes(reason)) return 'image'
  if (reason === 'CreateContainerConfigError') return 'config'
  if (reason === 'ContainerCreating' || reason === 'PodInitializing' || reason === '')
    return lastEnd === null ? 'starting' : 'crashing'
  if (reason !== 'CrashLoopBackOff') return 'refused'
  return lastEnd !== null && notStarted.includes(lastEnd.reason) ? 'refused' : 'crashing'
}

/** Whether a pod that nobody named is one to look at. */
export function isInTrouble(pod: ClusterPod, now: number): boolean {
  if (pod.phase === 'Succeeded' || pod.isReady) return false
  if (pod.phase === 'Failed') return true
  if (pod.isDeleting) return false
  const isNew = now - pod.createdAt < patience
  return (
    (pod.unscheduled !== null && pod.unscheduled.reason !== '') ||
    failingContainers(pod, now).some(({ way }) => way !== 'starting' || !isNew) ||
    (pod.node !== null && !isNew && pod.phase === 'Pending')
  )
}

/** "crash-loops (7 restarts, exit 1, last 3m ago)": how it fails, in words. */
export function howItFails(pod: ClusterPod, failing: Failing | null, now: number): string {
  if (pod.unscheduled !== null) return 'waits for a node'
  if (pod.phase === 'Failed' && pod.reason !== '')
    return pod.reason === 'Evicted' ? 'was evicted' : 'has failed'
  if (failing === null) return pod.isReady ? 'is ready' : 'is not ready'
  const { container, way, end } = failing
  const { restarts } = container
  const facts = [
    ...(restarts > 0 ? [`${restarts} restart${restarts === 1 ? '' : 's'}`] : []),
    ...(end === null ? [] : [`exit ${end.code}`]),
    ...(end?.finishedAt ? [`last ${showDuration(Math.max(0, now - end.finishedAt))} ago`] : []),
  ]
  const is = pod.isReady ? 'is ready again' : words[way]
  const known = way === 'crashing' || way === 'ended' || way === 'refused' ? facts : []
  return known.length === 0 ? is : `${is} (${known.join(', ')})`
}

const words = {
  crashing: 'crash-loops',
  ended: 'has failed',
  refused: 'cannot be started',
  image: 'has no image',
  config: 'lacks what it is configured with',
  starting: 'is being started',
  'not ready': 'runs and is not ready',
} as const satisfies Record<Way, string>
