import { randomBytes } from 'node:crypto'
import { CoreV1Api, EventsV1Api, PatchStrategy, V1MicroTime, setHeaderOptions } from '@kubernetes/client-node'
import type { KubeConfig } from '@kubernetes/client-node'
import { reportingController } from '#agent/model/names.ts'
import type { NodeApi } from '#agent/node/node-api.ts'
import { answerOf } from './answer.ts'
import { configurationOf } from '#agent/kube/access/configuration.ts'
import { agentConnection } from '#agent/kube/access/connection.ts'
import { viewOf } from './node-view.ts'

/** By this name the API server knows which fields of a Node are ours. */
const fieldManager = 'hostdeps'
/** The namespace of events about Nodes, which have none. */
export const eventNamespace = 'default'

/** The API server that a kubeconfig names. */
export function openNodeApi(config: KubeConfig): NodeApi {
  const configuration = configurationOf(agentConnection(config))
  const core = new CoreV1Api(configuration)
  const events = new EventsV1Api(configuration)
  const asApply = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply)
  const asMerge = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch)
  return {
    read: (name) => answerOf(async () => viewOf(await core.readNode({ name }))),
    apply: (body, { dryRun = false } = {}) =>
      answerOf(async () => {
        const request = {
          name: body.metadata.name,
          body,
          fieldManager,
          force: true,
          ...(dryRun && { dryRun: 'All' }),
        }
        return viewOf(await core.patchNodeStatus(request, asApply))
      }),
    takeOff: (name, types) =>
      answerOf(async () => {
        const conditions = types.map((type) => ({ type, $patch: 'delete' }))
        return viewOf(
          await core.patchNodeStatus({ name, body: { status: { conditions } }, fieldManager }, asMerge),
        )
      }),
    createEvent: ({ node, uid, type, reason, note }, { dryRun = false } = {}) =>
      answerOf(async () => {
        const body = {
          metadata: { name: `${node}.${randomBytes(8).toString('hex')}`, namespace: eventNamespace },
          eventTime: new V1MicroTime(),
          type,
          reason,
          note,
          action: 'Check',
          reportingController,
          reportingInstance: node,
          regarding: { apiVersion: 'v1', kind: 'Node', name: node, uid },
        }
        const namespace = eventNamespace
        await events.createNamespacedEvent({ namespace, body, ...(dryRun && { dryRun: 'All' }) })
        return null
      }),
  }
}
