import type { ApiAnswer } from '#agent/node/node-api.ts'
import type { ClusterPod, PodApi, Workload } from '#agent/node/pod-api.ts'
import { take } from '#agent/commands/wiring/cluster/take.ts'
import type { Target } from './targets.ts'

export interface PodsWanted {
  readonly targets: readonly Target[]
  /** null for all. */
  readonly namespace: string | null
  readonly labels: string | null
}

export interface FoundPods {
  readonly pods: readonly ClusterPod[]
  /** What was named that has pods. */
  readonly workloads: readonly Workload[]
  /** uids of the pods that were named one by one: they are told of, whatever they are like. */
  readonly named: ReadonlySet<string>
}

/** The pods that the words choose. Of a name that is not there, the API server's own words are thrown. */
export async function findPods(api: PodApi, { targets, namespace, labels }: PodsWanted): Promise<FoundPods> {
  if (targets.length === 0) return { ...nothing, pods: take(await api.pods({ namespace, labels })) }
  const found = await Promise.all(targets.map((target) => findTarget(api, target, { namespace, labels })))
  const pods = found.flatMap((one) => one.pods)
  return {
    pods: [...new Map(pods.map((pod) => [pod.uid, pod])).values()],
    workloads: found.flatMap(({ workloads }) => workloads),
    named: new Set(found.flatMap(({ named }) => [...named])),
  }
}

const nothing: FoundPods = { pods: [], workloads: [], named: new Set() }

async function findTarget(
  api: PodApi,
  { type, names }: Target,
  { namespace, labels }: Omit<PodsWanted, 'targets'>,
): Promise<FoundPods> {
  if (type === 'pods') {
    if (names === null) return { ...nothing, pods: take(await api.pods({ namespace, labels })) }
    const pods = takeAll(await Promise.all(names.map((name) => api.pod(namespace ?? 'default', name))))
    return { ...nothing, pods, named: new Set(pods.map(({ uid }) => uid)) }
  }
  const workloads =
    names === null
      ? take(await api.workloads(type, { namespace, labels }))
      : takeAll(await Promise.all(names.map((name) => api.workload(type, namespace ?? 'default', name))))
  const theirs = await Promise.all(
    workloads.map(async (workload) =>
      workload.selector === ''
        ? []
        : take(await api.pods({ namespace: workload.namespace, labels: workload.selector })),
    ),
  )
  return { ...nothing, workloads, pods: theirs.flat() }
}

function takeAll<T>(answers: readonly ApiAnswer<T>[]): readonly T[] {
  return answers.map((answer) => take(answer))
}
