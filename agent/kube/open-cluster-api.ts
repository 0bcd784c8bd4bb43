import { CoreV1Api, EventsV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node'
import type { V1DaemonSet, V1ObjectMeta, V1Pod } from '@kubernetes/client-node'
import type { ClusterApi, ClusterNode, LeftBehind, NodeSelection } from '#agent/node/cluster-api.ts'
import { prefix, reportingController } from '#agent/model/names.ts'
import type { ApiAnswer } from '#agent/node/node-api.ts'
import { askAgentCheck } from './agent-check.ts'
import { agentPodsIn, agentSelector } from './agent-pods.ts'
import { answerOf } from './answer.ts'
import { configurationOf } from '#agent/kube/access/configuration.ts'
import type { Connection } from '#agent/kube/access/connection.ts'
import { followList } from './follow-list.ts'
import { listPages } from './list-pages.ts'
import type { ListQuery } from './list-pages.ts'
import { clusterNodeOf } from './node-view.ts'
import type { RawNode } from './node-view.ts'
import { eventNamespace } from './open-node-api.ts'
import { openRequests } from './requests.ts'
import type { Requests } from './requests.ts'

/** The API server that a kubeconfig names, with that user's rights. */
export function openClusterApi(connection: Connection): ClusterApi {
  const requests = openRequests(connection)
  return {
    ...openPruning(connection, requests),
    names: async (path) => itemsOf(await listPages(requests, { path, viewOf: bareName })),
    nodes: async (selection) => itemsOf(await listPages(requests, nodesOf(selection))),
    async node(name) {
      const answer = await requests.readJson<RawNode>(`/api/v1/nodes/${encodeURIComponent(name)}`)
      return answer.ok ? { ok: true, value: clusterNodeOf(answer.value) } : answer
    },
    agentPods: async (namespace) => itemsOf(await listPages(requests, agentPodsIn(namespace))),
    agentCheck: (pod, check) => askAgentCheck(requests, pod, check),
    followNodes: (selection, follow) => followList(requests, nodesOf(selection), follow),
    followAgentPods: (namespace, follow) => followList(requests, agentPodsIn(namespace), follow),
  }
}

type Pruning = Pick<ClusterApi, 'leavings' | 'agents' | 'clean' | 'forgetEvents'>

function openPruning(connection: Connection, requests: Requests): Pruning {
  const configuration = configurationOf(connection)
  const core = new CoreV1Api(configuration)
  const events = new EventsV1Api(configuration)
  const asStrategic = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch)
  return {
    leavings: async () => itemsOf(await listPages(requests, { path: '/api/v1/nodes', viewOf: leftBehindOn })),
    async agents() {
      const query = { labelSelector: agentSelector }
      const path = '/apis/apps/v1/daemonsets'
      const sets = await listPages<V1DaemonSet, string>(requests, { path, query, viewOf: nameOf })
      if (!sets.ok) return sets
      const pods = await listPages<V1Pod, string>(requests, { ...agentPodsIn(null), viewOf: nameOf })
      return pods.ok ? { ok: true, value: { daemonSets: sets.value.items, pods: pods.value.items } } : pods
    },
    clean: (leavings, { dryRun }) =>
      answerOf(async () => {
        const request = { name: leavings.node, body: deletionOf(leavings), ...(dryRun && { dryRun: 'All' }) }
        await core.patchNodeStatus(request, asStrategic)
        return null
      }),
    forgetEvents: ({ dryRun }) =>
      answerOf(async () => {
        const fieldSelector = `reportingController=${reportingController}`
        const ours = { namespace: eventNamespace, fieldSelector }
        const { items } = await events.listNamespacedEvent(ours)
        if (items.length === 0) return 0
        await events.deleteCollectionNamespacedEvent({ ...ours, ...(dryRun && { dryRun: 'All' }) })
        return items.length
      }),
  }
}

function nodesOf({ labels, name }: NodeSelection): ListQuery<RawNode, ClusterNode> {
  const fieldSelector = name === null ? null : `metadata.name=${name}`
  return { path: '/api/v1/nodes', query: { labelSelector: labels, fieldSelector }, viewOf: clusterNodeOf }
}

function itemsOf<T>(answer: ApiAnswer<{ readonly items: readonly T[] }>): ApiAnswer<readonly T[]> {
  return answer.ok ? { ok: true, value: answer.value.items } : answer
}

function bareName({ metadata }: { metadata?: V1ObjectMeta }): string {
  return metadata?.name ?? ''
}

function nameOf({ metadata }: { metadata?: V1ObjectMeta }): string {
  return `${metadata?.namespace}/${metadata?.name}`
}

function leftBehindOn({ metadata, status }: RawNode): LeftBehind {
  const ours = (keys: readonly string[]) => keys.filter((key) => key.startsWith(prefix))
  return {
    node: metadata?.name ?? '',
    labels: ours(Object.keys(metadata?.labels ?? {})),
    annotations: ours(Object.keys(metadata?.annotations ?? {})),
    conditions: ours((status?.conditions ?? []).map(({ type }) => type)),
  }
}

/** An empty apply would leave what other field managers wrote under our prefix; this removes all of it. */
function deletionOf({ labels, annotations, conditions }: LeftBehind) {
  const nothing = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, null]))
  return {
    metadata: { labels: nothing(labels), annotations: nothing(annotations) },
    status: { conditions: conditions.map((type) => ({ type, $patch: 'delete' })) },
  }
}
