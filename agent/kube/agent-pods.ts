import type { V1Pod } from '@kubernetes/client-node'
import type { AgentPod } from '#agent/node/cluster-api.ts'
import type { ListQuery } from './list-pages.ts'

/** The label of the DaemonSet in manifests/, whatever it is named. */
export const agentSelector = 'app.kubernetes.io/name=hostdeps'

/** A pod in one of these phases runs nothing any more. */
export const notEnded = 'status.phase!=Succeeded,status.phase!=Failed'

/** The agents' pods of one namespace, or null for all. */
export function agentPodsIn(namespace: string | null): ListQuery<V1Pod, AgentPod> {
  return {
    path: podsPath(namespace),
    query: { labelSelector: agentSelector, fieldSelector: notEnded },
    viewOf: agentPodOf,
  }
}

export function podsPath(namespace: string | null): string {
  return namespace === null ? '/api/v1/pods' : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
}

function agentPodOf({ metadata, spec, status }: V1Pod): AgentPod {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    node: spec?.nodeName ?? null,
    isReady: ready === 'True' && !metadata?.deletionTimestamp,
    image: spec?.containers[0]?.image ?? '',
  }
}
