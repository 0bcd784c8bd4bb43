import type { CoreV1Event } from '@kubernetes/client-node'
import type { ApiAnswer } from '#agent/node/node-api.ts'
import { longestLog, workloadPaths } from '#agent/node/pod-api.ts'
import type { ClusterEvent, PodApi, WorkloadType } from '#agent/node/pod-api.ts'
import type { Connection } from '#agent/kube/access/connection.ts'
import { listPages, viewed } from './list-pages.ts'
import type { ListQuery } from './list-pages.ts'
import { clusterPodOf } from './pod-view.ts'
import type { RawPod } from './pod-view.ts'
import { openRequests } from './requests.ts'
import { timeOf } from './time-of.ts'
import { workloadOf } from './workload-view.ts'
import type { RawWorkload } from './workload-view.ts'

/** Lines of a log that are asked for: what a program said last is why it ended. */
const lastLines = 500
/** Where these are longer than the limit, of which the kubelet gives the beginning: the runtime cuts lines at 16 KiB. */
const lastLongLines = 15

/** The pods of the API server that a kubeconfig names, with that user's rights. */
export function openPodApi(connection: Connection): PodApi {
  const requests = openRequests(connection)
  const list = async <Raw, T>(query: ListQuery<Raw, T>): Promise<ApiAnswer<readonly T[]>> => {
    const answer = await listPages(requests, query)
    return answer.ok ? { ok: true, value: answer.value.items } : answer
  }
  return {
    pods: ({ namespace, labels }) =>
      list({
        path: pathOf('/api/v1', 'pods', namespace),
        query: { labelSelector: labels },
        viewOf: clusterPodOf,
      }),
    async pod(namespace, name) {
      const answer = await requests.readJson<RawPod>(objectPath('/api/v1', 'pods', [namespace, name]))
      return answer.ok ? viewed(answer.value, clusterPodOf) : answer
    },
    async workload(type, namespace, name) {
      const path = objectPath(workloadPaths[type], type, [namespace, name])
      const answer = await requests.readJson<RawWorkload>(path)
      return answer.ok ? viewed(answer.value, (raw) => workloadOf(type, raw)) : answer
    },
    workloads: (type, { namespace, labels }) =>
      list({
        path: pathOf(workloadPaths[type], type, namespace),
        query: { labelSelector: labels },
        viewOf: (raw: RawWorkload) => workloadOf(type, raw),
      }),
    warnings: (namespace, uid) =>
      list({
        path: pathOf('/api/v1', 'events', namespace),
        query: {
          fieldSelector: ['type=Warning', ...(uid === null ? [] : [`involvedObject.uid=${uid}`])].join(','),
        },
        viewOf: clusterEventOf,
      }),
    async log({ namespace, pod, container, previous }) {
      const path = `${objectPath('/api/v1', 'pods', [namespace, pod])}/log`
      const query = { container, limitBytes: longestLog, previous: previous ? 'true' : null }
      const last = await requests.readText(path, { ...query, tailLines: lastLines })
      if (!last.ok || Buffer.byteLength(last.value) < longestLog) return last
      return requests.readText(path, { ...query, tailLines: lastLongLines })
    },
    async deletePod({ namespace, name, uid, resourceVersion }, { dryRun }) {
      // Of a deletion with a body the API server reads no query: a dry run that stands there would delete.
      const body = { preconditions: { uid, resourceVersion }, ...(dryRun && { dryRun: ['All'] }) }
      const path = objectPath('/api/v1', 'pods', [namespace, name])
      const answer = await requests.write(path, { method: 'DELETE', body })
      return answer.ok ? { ok: true, value: null } : answer
    },
  }
}

function pathOf(api: string, resource: WorkloadType | 'pods' | 'events', namespace: string | null): string {
  return namespace === null
    ? `${api}/${resource}`
    : `${api}/namespaces/${encodeURIComponent(namespace)}/${resource}`
}

function objectPath(
  api: string,
  resource: WorkloadType | 'pods',
  [namespace, name]: readonly [string, string],
): string {
  return `${pathOf(api, resource, namespace)}/${encodeURIComponent(name)}`
}

function clusterEventOf({ metadata, involvedObject, ...event }: Partial<CoreV1Event>): ClusterEvent {
  const { kind = '', name = '', uid = '' } = involvedObject ?? {}
  return {
    about: { kind, name, uid },
    namespace: metadata?.namespace ?? '',
    reason: event.reason ?? '',
    message: event.message ?? '',
    lastAt:
      timeOf(
        event.series?.lastObservedTime ??
          event.lastTimestamp ??
          event.eventTime ??
          metadata?.creationTimestamp,
      ) ?? 0,
  }
}
