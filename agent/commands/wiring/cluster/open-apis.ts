import { openClusterApi } from '#agent/kube/open-cluster-api.ts'
import { openPodApi } from '#agent/kube/open-pod-api.ts'
import type { ClusterApi } from '#agent/node/cluster-api.ts'
import type { PodApi } from '#agent/node/pod-api.ts'
import type { ClusterFlags, NamespaceFlags } from './cluster-flags.ts'
import { connect, namespaceOf } from './connect.ts'

/** What the commands about pods ask. */
export interface Apis {
  readonly pods: PodApi
  readonly cluster: ClusterApi
}

/** Those of the API server that the flags name, with the namespace that they choose; null for all. */
export function openApis(flags: ClusterFlags & NamespaceFlags): { apis: Apis; namespace: string | null } {
  const connected = connect(flags)
  const { connection } = connected
  return {
    apis: { pods: openPodApi(connection), cluster: openClusterApi(connection) },
    namespace: namespaceOf(flags, connected),
  }
}
