import { randomBytes } from 'node:crypto'
import {
  ApiException,
  CoreV1Api,
  EventsV1Api,
  PatchStrategy,
  ServerConfiguration,
  V1MicroTime,
  createConfiguration,
  setHeaderOptions,
} from '@kubernetes/client-node'
import type {
  KubeConfig,
  RequestContext,
  ResponseContext,
  V1Node,
  V1NodeCondition,
} from '@kubernetes/client-node'
import { prefix } from '../model/names.ts'
import type { ApiAnswer, ApiRefusal, NodeApi, NodeCondition, NodeView } from '../model/node-api.ts'

/** Milliseconds for one call; the library has no deadline of its own. */
const deadline = 10_000
/** By this name the API server knows what of a Node is ours. */
const fieldManager = 'hostdeps'
/** Where events of Nodes, which have no namespace, stand. */
const eventNamespace = 'default'

/** The API server that a kubeconfig names. */
export function openNodeApi(config: KubeConfig): NodeApi {
  const configuration = createConfiguration({
    baseServer: serverOf(config),
    authMethods: { default: config },
    promiseMiddleware: [{ pre: setDeadline, post: (context: ResponseContext) => Promise.resolve(context) }],
  })
  const core = new CoreV1Api(configuration)
  const events = new EventsV1Api(configuration)
  const asApply = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply)
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
    tell: ({ node, uid, type, reason, note }) =>
      answerOf(async () => {
        const body = {
          metadata: { name: `${node}.${randomBytes(8).toString('hex')}`, namespace: eventNamespace },
          eventTime: new V1MicroTime(),
          type,
          reason,
          note,
          action: 'Check',
          reportingController: 'hostdeps.dev/agent',
          reportingInstance: node,
          regarding: { apiVersion: 'v1', kind: 'Node', name: node, uid },
        }
        await events.createNamespacedEvent({ namespace: eventNamespace, body })
        return null
      }),
  }
}

function serverOf(config: KubeConfig) {
  const cluster = config.getCurrentCluster()
  if (cluster === null) throw new Error('the kubeconfig names no cluster')
  return new ServerConfiguration(cluster.server, {})
}

function setDeadline(context: RequestContext): Promise<RequestContext> {
  context.setSignal(AbortSignal.timeout(deadline))
  return Promise.resolve(context)
}

async function answerOf<T>(call: () => Promise<T>): Promise<ApiAnswer<T>> {
  try {
    return { ok: true, value: await call() }
  } catch (error) {
    return refusalOf(error)
  }
}

/** A refusal of the API server, or why no answer came. */
function refusalOf(error: unknown): ApiRefusal {
  if (!(error instanceof ApiException)) {
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, status: null, message, retryAfter: null }
  }
  const seconds = Number(error.headers['retry-after'])
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null
  return { ok: false, status: error.code, message: messageOf(error.body), retryAfter }
}

/** The message of the Status object in the body, which the library hands on as text. */
function messageOf(body: unknown): string {
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body
    if (typeof status === 'object' && status !== null && 'message' in status) return String(status.message)
  } catch {
    // It is no JSON.
  }
  return String(body).slice(0, 300)
}

function viewOf({ metadata, status }: V1Node): NodeView {
  const ours = (status?.conditions ?? []).filter(({ type }) => type.startsWith(prefix))
  const { name = '', uid = '' } = metadata ?? {}
  return { name, uid, labels: metadata?.labels ?? {}, conditions: ours.map(conditionOf) }
}

function conditionOf(condition: V1NodeCondition): NodeCondition {
  const { type, status, reason, message, lastTransitionTime, lastHeartbeatTime } = condition
  return {
    type,
    status: status === 'True' || status === 'False' ? status : 'Unknown',
    reason: reason ?? '',
    message: message ?? '',
    lastTransitionTime: timeOf(lastTransitionTime),
    lastHeartbeatTime: timeOf(lastHeartbeatTime),
  }
}

function timeOf(time: Date | undefined): string {
  return (time ?? new Date(0)).toISOString().replace(/\.\d+Z$/, 'Z')
}
