import type { V1ConfigMap, V1CSIDriver, V1CSINode, V1PersistentVolume } from '@kubernetes/client-node'
import type { ApiAnswer } from '#agent/node/node-api.ts'
import { configKey, volumeSources } from '#agent/node/suggest-api.ts'
import type { SuggestApi } from '#agent/node/suggest-api.ts'
import type { Connection } from '#agent/kube/access/connection.ts'
import { foldPages, listPages } from './list-pages.ts'
import { podsIn } from './pod-sum.ts'
import { openRequests } from './requests.ts'

const storage = '/apis/storage.k8s.io/v1'

/** The API server that a kubeconfig names, with that user's rights. */
export function openSuggestApi(connection: Connection): SuggestApi {
  const requests = openRequests(connection)
  return {
    pods: async (namespace) => sumOf(await foldPages(requests, podsIn(namespace))),
    async csiDrivers() {
      const viewOf = ({ metadata }: V1CSIDriver) => metadata?.name ?? ''
      const answer = await listPages(requests, { path: `${storage}/csidrivers`, viewOf })
      return answer.ok ? { ok: true, value: answer.value.items } : answer
    },
    csiNodes: async () =>
      sumOf(
        await foldPages(requests, {
          path: `${storage}/csinodes`,
          start: () => new Map<string, number>(),
          add(counts, { spec }: V1CSINode) {
            for (const { name } of spec?.drivers ?? []) countOne(counts, name)
          },
        }),
      ),
    persistentVolumes: async () =>
      sumOf(
        await foldPages(requests, {
          path: '/api/v1/persistentvolumes',
          start: () => ({ drivers: new Map<string, number>(), sources: new Map<string, number>() }),
          add({ drivers, sources }, { spec }: V1PersistentVolume) {
            if (spec?.csi !== undefined) countOne(drivers, spec.csi.driver)
            for (const source of volumeSources) if (spec?.[source] !== undefined) countOne(sources, source)
          },
        }),
      ),
    async configMap({ namespace, name }) {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`
      const answer = await requests.readJson<V1ConfigMap>(path)
      if (!answer.ok) return answer
      const { metadata, data } = answer.value
      const text = data?.[configKey] ?? null
      return { ok: true, value: { namespace, name, text, resourceVersion: metadata?.resourceVersion ?? '' } }
    },
  }
}

function sumOf<S>(answer: ApiAnswer<{ readonly sum: S }>): ApiAnswer<S> {
  return answer.ok ? { ok: true, value: answer.value.sum } : answer
}

function countOne(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
