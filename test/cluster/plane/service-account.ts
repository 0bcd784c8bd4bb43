import type { AuthenticationV1TokenRequest } from '@kubernetes/client-node'
import type { ControlPlane } from './control-plane.ts'

const manifests = new URL('../../../manifests/base/', import.meta.url).pathname
const rbac = [
  'service-account',
  'cluster-role',
  'cluster-role-binding',
  'event-cluster-role',
  'event-cluster-role-binding',
]

/** The rights that manifests/ gives the server, and a kubeconfig with a token of its service account. */
export async function serverAccess(cluster: ControlPlane, server?: string): Promise<string> {
  await cluster.kubectl('create', 'namespace', 'hostdeps').catch(() => 'there already')
  for (const name of rbac) await cluster.kubectl('apply', '-f', `${manifests}${name}.yaml`)
  return cluster.kubeConfig(await accountToken(cluster), server)
}

export interface TokenOf {
  readonly namespace?: string
  /** Left out for the server's. */
  readonly account?: string
  /** Left out for the API server's own. */
  readonly audience?: string
  /** The pod that the token is bound to, as a projected one is: it carries the node's name then. */
  readonly pod?: string
}

/** A token of a service account. */
export async function accountToken(
  cluster: ControlPlane,
  { namespace = 'hostdeps', account = 'hostdeps', audience, pod }: TokenOf = {},
): Promise<string> {
  const bound = pod === undefined ? {} : { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: pod } }
  const { status } = await cluster.call<AuthenticationV1TokenRequest>({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 7200, ...(audience !== undefined && { audiences: [audience] }), ...bound },
    },
  })
  return status?.token ?? ''
}
