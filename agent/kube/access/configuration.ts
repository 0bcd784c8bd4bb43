import { ServerConfiguration, createConfiguration } from '@kubernetes/client-node'
import type { RequestContext, ResponseContext } from '@kubernetes/client-node'
import { prepare } from './connection.ts'
import type { Connection } from './connection.ts'

/** For the library's own calls of the API server. */
export function configurationOf(connection: Connection) {
  const { config } = connection
  const cluster = config.getCurrentCluster()
  if (cluster === null) throw new Error('the kubeconfig names no cluster')
  const pre = async (context: RequestContext) => {
    prepare(context, connection)
    return context
  }
  return createConfiguration({
    baseServer: new ServerConfiguration(cluster.server, {}),
    authMethods: { default: config },
    promiseMiddleware: [{ pre, post: (context: ResponseContext) => Promise.resolve(context) }],
  })
}
