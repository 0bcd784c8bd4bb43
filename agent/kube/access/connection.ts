import type { KubeConfig, RequestContext } from '@kubernetes/client-node'

/** Which API server is asked, as whom, and how long one call may take. */
export interface Connection {
  readonly config: KubeConfig
  /** Milliseconds for one call; null for no limit. The library has none of its own. */
  readonly deadline: number | null
  /** Whose rights are used instead of the caller's own; null for the caller's own. */
  readonly as: Impersonated | null
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
export interface Impersonated {
  readonly user: string
  readonly groups: readonly string[]
}

/** Milliseconds for one call of an agent. */
const agentDeadline = 10_000

/** With an agent's own rights. */
export function agentConnection(config: KubeConfig): Connection {
  return { config, deadline: agentDeadline, as: null }
}

/** Gives an authenticated request its deadline and the headers of impersonation. */
export function prepare(context: RequestContext, { deadline, as }: Connection): void {
  if (deadline !== null) context.setSignal(AbortSignal.timeout(deadline))
  if (as === null) return
  context.setHeaderParam('Impersonate-User', as.user)
  if (as.groups.length === 1) context.setHeaderParam('Impersonate-Group', as.groups[0] ?? '')
  if (as.groups.length > 1) repeatHeader(context, as.groups)
}

/**
 * Each group is a header of its own: what the library passes on is a record, and fetch would join equal names to one line. So would
 * undici over HTTP/2.
 */
function repeatHeader(context: RequestContext, groups: readonly string[]): void {
  const dispatcher = context.getDispatcher()?.compose((dispatch) => (options, handler) => {
    const headers = { ...(options.headers as Record<string, string>), 'Impersonate-Group': [...groups] }
    const overHttp1 = { ...options, headers, allowH2: false }
    return dispatch(overHttp1, handler)
  })
  if (dispatcher === undefined)
    throw new Error(
      'several groups can be impersonated only where the kubeconfig names a certificate authority',
    )
  context.setDispatcher(dispatcher)
}
