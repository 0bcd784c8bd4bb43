import type { Connection } from '#agent/kube/access/connection.ts'
import { findKubeAccess } from '#agent/kube/access/find-kube-config.ts'
import type { ClusterFlags, NamespaceFlags } from './cluster-flags.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'

export interface Connected {
  readonly connection: Connection
  /** The context's; "default" when it names none. */
  readonly namespace: string
}

/** Finds the API server that the flags name, and asks nothing yet. */
export function connect(flags: ClusterFlags): Connected {
  const { kubeconfig = null, context = null, requestTimeout, as, asGroup } = flags
  if (as === undefined && asGroup.length > 0) throw new UsageError('--as-group needs --as')
  const found = findKubeAccess({ file: kubeconfig, context })
  if (found === null) throw new UsageError('no kubeconfig was found: set KUBECONFIG, or use --kubeconfig')
  const deadline = requestTimeout === 0 ? null : requestTimeout
  const impersonated = as === undefined ? found.as : { user: as, groups: asGroup }
  return {
    connection: { config: found.config, deadline, as: impersonated },
    namespace: found.namespace ?? 'default',
  }
}

/** The namespace that the flags choose; null for all. */
export function namespaceOf(
  { namespace, allNamespaces }: NamespaceFlags,
  { namespace: own }: Connected,
): string | null {
  if (allNamespaces && namespace !== undefined) throw new UsageError('use -n or -A, not both')
  return allNamespaces ? null : (namespace ?? own)
}
