import type { ClusterEvent, ClusterPod, ContainerEnd } from '#agent/node/pod-api.ts'
import type { Failing } from './failing.ts'

/** What it is instead of the host, by what the kubelet says. */
export interface PlainStatus {
  readonly says: string
  readonly next: string | null
  /** The kubelet's own words; empty when there are none. */
  readonly text: string
  readonly from: 'status' | 'event'
}

/** What the whole pod's status says. */
export function plainOfPod({ phase, reason, message }: ClusterPod): PlainStatus | null {
  if (phase !== 'Failed' || reason === '') return null
  if (reason === 'Evicted')
    return {
      says: 'the kubelet evicted it because the node was full',
      next: 'see what fills the node: kubectl describe node shows its conditions and what the pods ask for',
      text: message,
      from: 'status',
    }
  const says = ended[reason]
  return says === undefined ? null : { says, next: null, text: message, from: 'status' }
}

const ended: Readonly<Record<string, string>> = {
  DeadlineExceeded: 'it ran longer than its activeDeadlineSeconds',
  NodeLost: 'its node is gone',
  NodeAffinity: 'its node has not the labels that the pod asks for',
  Shutdown: 'its node was shut down',
  Terminated: 'its node was shut down',
  NodeShutdown: 'its node was shut down',
  Preempting: 'it was ended for a pod of higher priority',
  Preempted: 'it was ended for a pod of higher priority',
  OutOfcpu: 'its node has no CPU left',
  OutOfmemory: 'its node has no memory left',
  OutOfpods: 'its node has no room for another pod',
  UnexpectedAdmissionError: 'the kubelet did not admit it',
}

/** What the status of the container says before any log is asked. */
export function plainOfContainer(
  { container, way, end }: Failing,
  events: readonly ClusterEvent[],
): PlainStatus | null {
  const { waiting, memoryLimit, image } = container
  const text = waiting?.message ?? ''
  if (way === 'image')
    return {
      says: `its image cannot be pulled: ${image}`,
      next: 'see whether the name and the tag are right, and whether the node may pull it (imagePullSecrets)',
      text: eventMatching(events, 'Failed', /pull/) ?? text,
      from: 'status',
    }
  if (way === 'config')
    return {
      says: 'it is configured with a ConfigMap, a Secret or a key that is not there',
      next: 'make what the words name, or correct the name in the pod',
      text,
      from: 'status',
    }
  if (end === null || (way !== 'crashing' && way !== 'ended')) return null
  if (end.reason === 'OOMKilled')
    return {
      says: `it was ended for want of memory (OOMKilled)${memoryLimit === null ? '' : `: its limit is ${memoryLimit}`}`,
      next: 'raise the limit, or find out what it needs the memory for',
      text: '',
      from: 'status',
    }
  return killedByProbe(end, events) ?? plainExit(end)
}

/** Unlike the other plain ends, what a program said before it may still be why. */
export function isSegfault({ end }: Failing): boolean {
  return end?.code === segfault
}

const segfault = 139

/** SIGKILL and SIGTERM. */
const killed = [137, 143]

function killedByProbe({ code }: ContainerEnd, events: readonly ClusterEvent[]): PlainStatus | null {
  const probe = eventMatching(events, 'Unhealthy', /^(?:Liveness|Startup) probe/)
  if (probe === null || !killed.includes(code)) return null
  return {
    says: 'the kubelet ends it because its liveness or startup probe fails',
    next: 'the probe says why; give it more time if the program is slow to start',
    text: probe,
    from: 'event',
  }
}

function plainExit({ code }: ContainerEnd): PlainStatus | null {
  const says = exits[code]
  return says === undefined ? null : { says, next: null, text: '', from: 'status' }
}

const exits: Readonly<Record<number, string>> = {
  0: 'it ends by itself and without an error (exit 0), and is started again because of its restartPolicy',
  [segfault]: 'it ended by SIGSEGV (exit 139): a bug, or a library that does not fit',
}

/** Mounts that fail for want of something in the cluster. */
export function plainOfEvents(events: readonly ClusterEvent[]): PlainStatus | null {
  const text = eventMatching(
    events,
    'FailedMount',
    /(?:configmap|secret|serviceaccount) "[^"]{1,253}" not found/,
  )
  if (text !== null)
    return {
      says: 'a volume is made of a ConfigMap or a Secret that is not there',
      next: 'make what the words name, or correct the name in the pod',
      text,
      from: 'event',
    }
  const quota = eventMatching(events, 'FailedCreate', /exceeded quota|is forbidden/)
  if (quota === null) return null
  return {
    says: /exceeded quota/.test(quota)
      ? 'a quota of the namespace is used up'
      : 'the API server refuses the pod',
    next: null,
    text: quota,
    from: 'event',
  }
}

/** The newest. */
function eventMatching(events: readonly ClusterEvent[], reason: string, pattern: RegExp): string | null {
  const found = events.filter((event) => event.reason === reason && pattern.test(event.message))
  return found.toSorted((a, b) => b.lastAt - a.lastAt)[0]?.message ?? null
}
