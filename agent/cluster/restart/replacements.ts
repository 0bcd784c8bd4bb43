import { plainLine } from '#agent/model/plain.ts'
import type { ClusterPod } from '#agent/node/pod-api.ts'

/** What comes for pods that were deleted. */
export interface Replacements {
  /** uid of the controller. */
  readonly of: string
  /** For what comes back to its node alone; null for what may go anywhere. */
  readonly node: string | null
  readonly count: number
  /** "longhorn-system/longhorn-manager on worker-1"; harmless. */
  readonly name: string
}

/** Groups the deleted pods by what makes others for them: a DaemonSet on the same node, else as many as were deleted. */
export function awaitReplacements(deleted: readonly ClusterPod[]): readonly Replacements[] {
  const groups = Map.groupBy(deleted, (pod) => JSON.stringify([pod.controller?.uid, nodeOf(pod)]))
  return [...groups.values()].flatMap((pods) => {
    const [first] = pods
    if (first === undefined || first.controller === null) return []
    const { namespace, controller } = first
    const node = nodeOf(first)
    const name = `${namespace}/${controller.name}${node === null ? '' : ` on ${node}`}`
    return [{ of: controller.uid, node, count: pods.length, name: plainLine(name) }]
  })
}

function nodeOf({ controller, node }: ClusterPod): string | null {
  return controller?.kind === 'DaemonSet' ? node : null
}

export interface ReplacementProgress {
  readonly isThere: boolean
  /** For people; it changes when the pods do. */
  readonly says: string
}

/** How far the pods are that came since. */
export function progressOfReplacements(
  { of, node, count, name }: Replacements,
  pods: readonly ClusterPod[],
  before: ReadonlySet<string>,
): ReplacementProgress {
  const came = pods.filter(
    (pod) =>
      pod.controller?.uid === of &&
      !before.has(pod.uid) &&
      !pod.isDeleting &&
      (node ?? pod.node) === pod.node,
  )
  const isThere = came.filter(({ isReady }) => isReady).length >= count
  const told = came.map((pod) => `${pod.name} ${standingOf(pod)}`).join(', ')
  return { isThere, says: plainLine(`${name}: ${told === '' ? 'no other pod yet' : told}`) }
}

function standingOf({ isReady, phase, node, containers }: ClusterPod): string {
  if (isReady) return 'is Ready'
  if (node === null) return 'waits for a node'
  const waiting = containers.find((one) => one.waiting !== null && one.waiting.reason !== '')?.waiting
  return `is ${waiting?.reason ?? (phase === 'Running' ? 'not Ready yet' : phase)}`
}
