import { applyPatch, mergePatch } from './api-client.ts'
import type { ApiCall } from './api-client.ts'

export const nodes = '/api/v1/nodes'
export const own = `${nodes}/worker-1`
export const ownStatus = `${own}/status`

export function patch(path: string, body: object): ApiCall {
  return { method: 'PATCH', path, type: mergePatch, body }
}

export const ofMetadata = (metadata: object) => patch(ownStatus, { metadata })
export const ofStatus = (status: object) => patch(ownStatus, { status })

interface Applied {
  readonly metadata?: object
  readonly status?: object
}

/** As the agents write a Node. */
export function apply(name: string, { metadata = {}, status = {} }: Applied): ApiCall {
  const path = `${nodes}/${name}/status?fieldManager=hostdeps&force=true`
  return { method: 'PATCH', path, type: applyPatch, body: { ...nodeOf(name, metadata), status } }
}

export function nodeOf(name: string, metadata: object = {}) {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, ...metadata } }
}

export function condition(type: string) {
  return { type, status: 'True', reason: 'Test', message: 'test' }
}

interface Event {
  readonly regarding: string
  readonly kind?: string
  readonly namespace?: string
  /** Fields that agents do not send, or send otherwise. */
  readonly more?: object
}

/** As the agents create one. */
export function event({ regarding, kind = 'Node', namespace = 'default', more }: Event): ApiCall {
  // Of what has no namespace, the API server itself takes events in "default" alone.
  const place = namespace === 'default' ? {} : { namespace }
  const body = {
    metadata: { generateName: 'test-' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    type: 'Normal',
    reason: 'Test',
    action: 'Check',
    reportingController: 'hostdeps.dev/agent',
    reportingInstance: 'worker-1',
    regarding: { apiVersion: 'v1', kind, name: regarding, ...place },
    ...more,
  }
  return { method: 'POST', path: `/apis/events.k8s.io/v1/namespaces/${namespace}/events`, body }
}

/** The same in the older group, which has other names for it. */
export function coreEvent(): ApiCall {
  const body = {
    metadata: { generateName: 'test-' },
    involvedObject: { apiVersion: 'v1', kind: 'Node', name: 'worker-1' },
    reason: 'Test',
    message: 'test',
    type: 'Normal',
  }
  return { method: 'POST', path: '/api/v1/namespaces/default/events', body }
}

/** The same call, which changes nothing. */
export function dryRun(call: ApiCall): ApiCall {
  return { ...call, path: `${call.path}${call.path.includes('?') ? '&' : '?'}dryRun=All` }
}
