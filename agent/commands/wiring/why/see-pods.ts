import pLimit from 'p-limit'
import { failingContainers } from '#agent/cluster/why/kubelet/failing.ts'
import type { Failing } from '#agent/cluster/why/kubelet/failing.ts'
import type { PodSeen, SeenText } from '#agent/cluster/why/lines/find-hits.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { ApiAnswer, ApiRefusal } from '#agent/node/node-api.ts'
import type { ClusterEvent, ClusterPod, PodApi } from '#agent/node/pod-api.ts'

/** Requests at a time. */
const atOnce = 10
/** Containers of a pod whose logs are read. */
const mostContainers = 3
/** Pods whose logs are read; of one workload, they say the same. */
const mostPods = 500
/** Characters of a log that are kept: the last. */
const longestTail = 65_536
/** Pods of which each is asked for its own events; for more, those of the namespace are listed once. */
const mostAsked = 10

/** Reads the logs of the failing containers and the warnings about the pods. What may not be read is said, and the rest goes on. */
export async function seePods(
  api: PodApi,
  pods: readonly ClusterPod[],
  now: number,
): Promise<readonly PodSeen[]> {
  const warned = readWarnings(api, pods)
  const limit = pLimit(atOnce)
  const silent = new Set<string>()
  const failing = new Map(pods.map((pod) => [pod, failingContainers(pod, now)]))
  const read = await limit.map(mostTelling(pods).slice(0, mostPods), async (pod) => {
    const logs = await readLogs(api, { pod, failing: failing.get(pod) ?? [], silent })
    return [pod.uid, logs] as const
  })
  const logged = new Map(read)
  const unread: Logs = { logs: [], lacking: [`its log: only those of ${mostPods} pods are read`] }
  const { events, lacking } = await warned
  const byPod = Map.groupBy(events, ({ about }) => about.uid)
  return pods.map((pod) => {
    const own = logged.get(pod.uid) ?? unread
    return {
      pod,
      failing: failing.get(pod) ?? [],
      events: byPod.get(pod.uid) ?? [],
      logs: own.logs,
      lacking: [...own.lacking, ...lacking],
    }
  })
}

/** One pod of each controller after the other, since they say the same; what ended long ago last. */
function mostTelling(pods: readonly ClusterPod[]): readonly ClusterPod[] {
  const before = new Map<string, number>()
  const ranked = pods.map((pod) => {
    const owner = pod.controller?.uid ?? pod.uid
    const rank = before.get(owner) ?? 0
    before.set(owner, rank + 1)
    return { pod, rank: pod.phase === 'Failed' ? rank + pods.length : rank }
  })
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ pod }) => pod)
}

async function readWarnings(api: PodApi, pods: readonly ClusterPod[]): Promise<WarningsRead> {
  const namespaces = [...new Set(pods.map(({ namespace }) => namespace))]
  const isFew = pods.length <= mostAsked
  const limit = pLimit(atOnce)
  const answers = isFew
    ? await limit.map(pods, ({ namespace, uid }) => api.warnings(namespace, uid))
    : namespaces.length <= mostAsked
      ? await limit.map(namespaces, (namespace) => api.warnings(namespace, null))
      : [await api.warnings(null, null)]
  return warningsIn('its events', answers)
}

export interface WarningsRead {
  readonly events: readonly ClusterEvent[]
  readonly lacking: readonly string[]
}

/** All of them, and the first refusal as what is not seen. */
export function warningsIn(
  what: string,
  answers: readonly ApiAnswer<readonly ClusterEvent[]>[],
): WarningsRead {
  const refused = answers.find((answer) => !answer.ok)
  return {
    events: answers.flatMap((answer) => (answer.ok ? answer.value : [])),
    lacking: refused === undefined ? [] : [`${what}: ${plainLine(refused.message)}`],
  }
}

interface Logs {
  readonly logs: readonly SeenText[]
  readonly lacking: readonly string[]
}

interface LogsWanted {
  readonly pod: ClusterPod
  readonly failing: readonly Failing[]
  /** Nodes whose kubelet gives no logs: the API server waits for each for half a minute. */
  readonly silent: Set<string>
}

async function readLogs(api: PodApi, { pod, failing, silent }: LogsWanted): Promise<Logs> {
  const wanted = failing.filter(({ way }) => way === 'crashing' || way === 'ended' || way === 'not ready')
  const found: SeenText[] = []
  const lacking: string[] = []
  for (const { container, end } of wanted.slice(0, mostContainers)) {
    const runs = container.runningSince !== null
    const hasPrevious = container.ended === null && container.lastEnd !== null
    for (const previous of hasPrevious ? [true, false] : [false]) {
      // Of one that waits to be started again, the log that is there is the previous one's; it is asked for where that one is gone.
      const hasIt = found.some((text) => text.container === container.name)
      if (hasPrevious && !previous && !runs && hasIt) continue
      if (pod.node !== null && silent.has(pod.node)) {
        lacking.push(`the log of ${plainLine(container.name)}: ${plainLine(pod.node)} gives no logs`)
        break
      }
      const of = { namespace: pod.namespace, pod: pod.name, container: container.name, previous }
      const answer = await api.log(of)
      const exitCode = previous || !runs ? (end?.code ?? null) : null
      if (answer.ok)
        found.push({ from: 'log', container: container.name, text: endOf(answer.value), exitCode })
      else {
        if (pod.node !== null && isSilence(answer)) silent.add(pod.node)
        lacking.push(`the log of ${plainLine(container.name)}: ${plainLine(answer.message)}`)
      }
    }
  }
  return { logs: found, lacking: found.length > 0 ? [] : [...new Set(lacking)] }
}

/** What is looked at; a text of its own, which holds nothing of the whole. */
function endOf(log: string): string {
  return log.length <= longestTail ? log : Buffer.from(log.slice(-longestTail)).toString()
}

/** The API server reached no kubelet. */
function isSilence({ status, message }: ApiRefusal): boolean {
  return (
    status === null || (status >= 500 && /dial tcp|timeout|deadline|refused|no route|addresses/.test(message))
  )
}
