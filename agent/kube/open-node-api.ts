import { randomBytes } from 'node:crypto'
import type { KubeConfig } from '@kubernetes/client-node'
import { reportingController } from '#agent/model/names.ts'
import type { NodeApi } from '#agent/node/node-api.ts'
import { agentConnection } from '#agent/kube/access/connection.ts'
import { viewed } from './list-pages.ts'
import { viewOf } from './node-view.ts'
import type { RawNode } from './node-view.ts'
import { dryRunQuery, openRequests, patchTypes } from './requests.ts'

/** By this name the API server knows which fields of a Node are ours. */
const fieldManager = 'hostdeps'
/** The namespace of events about Nodes, which have none. */
const eventNamespace = 'default'
/** Of events, by the API that has their series. */
export const eventsPath = `/apis/events.k8s.io/v1/namespaces/${eventNamespace}/events`

/** The API server that a kubeconfig names. */
export function openNodeApi(config: KubeConfig): NodeApi {
  const requests = openRequests(agentConnection(config))
  const pathOf = (name: string) => `/api/v1/nodes/${encodeURIComponent(name)}`
  return {
    async read(name) {
      const answer = await requests.readJson<RawNode>(pathOf(name))
      return answer.ok ? viewed(answer.value, viewOf) : answer
    },
    async apply(body, { dryRun = false } = {}) {
      const answer = await requests.write<RawNode>(`${pathOf(body.metadata.name)}/status`, {
        method: 'PATCH',
        contentType: patchTypes.apply,
        query: { fieldManager, force: 'true', ...dryRunQuery(dryRun) },
        body,
      })
      return answer.ok ? viewed(answer.value, viewOf) : answer
    },
    async takeOff(name, types) {
      const conditions = types.map((type) => ({ type, $patch: 'delete' }))
      const answer = await requests.write<RawNode>(`${pathOf(name)}/status`, {
        method: 'PATCH',
        contentType: patchTypes.strategic,
        query: { fieldManager },
        body: { status: { conditions } },
      })
      return answer.ok ? viewed(answer.value, viewOf) : answer
    },
    async createEvent({ node, uid, type, reason, note }, { dryRun = false } = {}) {
      const body = {
        metadata: { name: `${node}.${randomBytes(8).toString('hex')}`, namespace: eventNamespace },
        eventTime: microTime(new Date()),
        type,
        reason,
        note,
        action: 'Check',
        reportingController,
        reportingInstance: node,
        regarding: { apiVersion: 'v1', kind: 'Node', name: node, uid },
      }
      const answer = await requests.write(eventsPath, { method: 'POST', query: dryRunQuery(dryRun), body })
      return answer.ok ? { ok: true, value: null } : answer
    },
  }
}

/** metav1.MicroTime has exactly six digits after the point. */
function microTime(time: Date): string {
  return time.toISOString().replace('Z', '000Z')
}
