import { ServerConfiguration, createConfiguration } from '@kubernetes/client-node'
import type { KubeConfig, RequestContext, ResponseContext } from '@kubernetes/client-node'

/** Milliseconds for one call; the library has no deadline of its own. */
const deadline = 10_000

/** The API server that a kubeconfig names, with a deadline for each call. */
export function configurationOf(config: KubeConfig) {
  const cluster = config.getCurrentCluster()
  if (cluster === null) throw new Error('the kubeconfig names no cluster')
  return createConfiguration({
    baseServer: new ServerConfiguration(cluster.server, {}),
    authMethods: { default: config },
    promiseMiddleware: [{ pre: setDeadline, post: (context: ResponseContext) => Promise.resolve(context) }],
  })
}

function setDeadline(context: RequestContext): Promise<RequestContext> {
  context.setSignal(AbortSignal.timeout(deadline))
  return Promise.resolve(context)
}
