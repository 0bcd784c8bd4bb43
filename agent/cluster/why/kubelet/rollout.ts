import type { Rollout } from '#agent/node/pod-api.ts'

/**
 * A pod that waits for its node counts as unavailable, and a DaemonSet replaces no more pods than may be unavailable. (A node that
 * does not match the template's own node affinity gets no pod, and does not count.)
 *
 * @param name of the DaemonSet
 */
export function rolloutLine(
  name: string,
  { desired, updated, unavailable, maxUnavailable }: Rollout,
): string | null {
  const most = mostUnavailable(maxUnavailable, desired)
  if (unavailable < most) return null
  return `the rollout of daemonset/${name} stands at ${updated} of ${desired} nodes: ${unavailable} of its pods ${unavailable === 1 ? 'is' : 'are'} unavailable, as this one is, and maxUnavailable is ${maxUnavailable}. Make the node ready, or put the label into the node affinity of the template: then the node gets no pod and does not count.`
}

function mostUnavailable(text: string, desired: number): number {
  const [, percent] = /^(\d{1,3})%$/.exec(text) ?? []
  // As the DaemonSet controller: rounded up.
  return percent === undefined ? Number(text) : Math.ceil((Number(percent) * desired) / 100)
}
