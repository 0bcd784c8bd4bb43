import type { ClusterEvent, ClusterPod } from '#agent/node/pod-api.ts'
import type { Hit } from '#agent/symptoms/hit.ts'
import type { Matcher } from '#agent/symptoms/matcher.ts'
import type { Evidence } from '#agent/cluster/why/answer.ts'
import type { Failing } from '#agent/cluster/why/kubelet/failing.ts'

/** A text that may say why a pod does not run. */
export interface SeenText extends Evidence {
  /** With which its container ended; null for what is no log of one. */
  readonly exitCode: number | null
}

/** A pod in trouble with all that could be read about it. */
export interface PodSeen {
  readonly pod: ClusterPod
  /** Worst first. */
  readonly failing: readonly Failing[]
  /** Warnings about the pod. */
  readonly events: readonly ClusterEvent[]
  readonly logs: readonly SeenText[]
  /** What could not be read, a line each. */
  readonly lacking: readonly string[]
}

export interface TextHits {
  readonly text: SeenText
  /** Best first. */
  readonly hits: readonly Hit[]
}

/** Warnings that repeat what the status says, or that others are about. */
export const dull = ['BackOff', 'Unhealthy', 'FailedScheduling', 'MissingClusterDNS']

/** Bytes of a text that are looked through: the last of a log. */
const mostBytes = 64 * 1024

/** What the pod's logs, its events and its status point to. */
export function findHits({ pod, failing, events, logs }: PodSeen, matcher: Matcher): readonly TextHits[] {
  const told = events
    .filter(({ reason }) => !dull.includes(reason))
    .map(({ message }): SeenText => ({ from: 'event', container: null, text: message, exitCode: null }))
  const states = failing.flatMap(({ container, end }) =>
    [container.waiting?.message ?? '', end?.message ?? ''].map((text): SeenText => ({
      from: 'status',
      container: container.name,
      text,
      exitCode: null,
    })),
  )
  const whole: SeenText = { from: 'status', container: null, text: pod.message, exitCode: null }
  return [...logs, ...told, ...states, whole]
    .filter(({ text }) => text !== '')
    .map((text) => ({ text, hits: matcher.match(bytesOf(text.text), hintsOf(text, pod)) }))
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text).subarray(-mostBytes)
}

function hintsOf({ container, exitCode }: SeenText, { namespace, containers }: ClusterPod) {
  const { name, image } = containers.find(({ name }) => name === container) ?? {}
  return { component: name, namespace, image, ...(exitCode !== null && { exitCode }) }
}
