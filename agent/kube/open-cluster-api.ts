import type { V1DaemonSet, V1ObjectMeta, V1Pod } from '@kubernetes/client-node'
import type { ClusterApi, ClusterNode, LeftBehind, NodeSelection } from '#agent/node/cluster-api.ts'
import { prefix, reportingController } from '#agent/model/names.ts'
import type { ApiAnswer } from '#agent/node/node-api.ts'
import { askAgentCheck } from './agent-check.ts'
import { agentPodsIn, agentSelector } from './agent-pods.ts'
import type { Connection } from '#agent/kube/access/connection.ts'
import { followList } from './follow-list.ts'
import { listPages } from './list-pages.ts'
import type { ListQuery } from './list-pages.ts'
import { clusterNodeOf } from './node-view.ts'
import type { RawNode } from './node-view.ts'
import { eventsPath } from './open-node-api.ts'
import { dryRunQuery, openRequests, patchTypes } from './requests.ts'
import type { Requests } from './requests.ts'

/** The API server that a kubeconfig names, with that user's rights. */
export function openClusterApi(connection: Connection): ClusterApi {
  const requests = openRequests(connection)
  return {
    ...openPruning(requests),
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

function openPruning(requests: Requests): Pruning {
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
    async clean(leavings, { dryRun }) {
      const answer = await requests.write(`/api/v1/nodes/${encodeURIComponent(leavings.node)}/status`, {
        method: 'PATCH',
        contentType: patchTypes.strategic,
        query: dryRunQuery(dryRun),
        body: deletionOf(leavings),
      })
      return answer.ok ? { ok: true, value: null } : answer
    },
    async forgetEvents({ dryRun }) {
      const query = { fieldSelector: `reportingController=${reportingController}` }
      const listed = await listPages(requests, { path: eventsPath, query, viewOf: bareName })
      if (!listed.ok) return listed
      const count = listed.value.items.length
      if (count === 0) return { ok: true, value: 0 }
      const answer = await requests.write(eventsPath, {
        method: 'DELETE',
        query: { ...query, ...dryRunQuery(dryRun) },
      })
      return answer.ok ? { ok: true, value: count } : answer
    },
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
