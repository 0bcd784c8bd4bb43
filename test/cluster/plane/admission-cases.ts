import { apply, condition, coreEvent, dryRun, event, nodeOf, nodes } from './admission-calls.ts'
import { ofMetadata, ofStatus, own, ownStatus, patch } from './admission-calls.ts'
import { strategicPatch } from './api-client.ts'
import type { ApiCall } from './api-client.ts'

/** By what is tried. */
type Calls = Readonly<Record<string, ApiCall>>

const ours = {
  metadata: { labels: { 'hostdeps.dev/test': 'ready' }, annotations: { 'hostdeps.dev/report': '{}' } },
  status: { conditions: [condition('hostdeps.dev/TestReady')] },
}

/** What the Nodes are before, by somebody else. */
export const before = {
  metadata: { labels: { 'example.com/role': 'one' }, annotations: { 'example.com/note': 'one' } },
  status: {
    addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
    capacity: { cpu: '2', memory: '4Gi', pods: '110' },
    conditions: [condition('Ready'), condition('example.com/Good')],
  },
}

export const foreignLabel = ofMetadata({ labels: { 'example.com/more': '' } })

/** The agents' own work. */
export const allowed: Calls = {
  'read its Node': { path: own },
  'apply label, annotation and condition': apply('worker-1', ours),
  'apply others': apply('worker-1', { metadata: { labels: { 'hostdeps.dev/other': 'missing' } } }),
  'take them off': apply('worker-1', {}),
  'create an event about its Node': event({ regarding: 'worker-1' }),
}

/** Nothing gives the right to them, whatever the policies say. */
export const withoutRight: Calls = {
  'list Nodes': { path: nodes },
  'watch Nodes': { path: `${nodes}?watch=true&timeoutSeconds=1` },
  'patch the Node itself': patch(own, ours),
  'update its status': { method: 'PUT', path: ownStatus, body: nodeOf('worker-1') },
  'create a Node': { method: 'POST', path: nodes, body: nodeOf('worker-3') },
  'delete its Node': { method: 'DELETE', path: own },
  "ask its Node's kubelet": { path: `${own}/proxy/pods` },
  'list pods': { path: '/api/v1/pods' },
  'list secrets': { path: '/api/v1/secrets' },
  'list events': { path: '/apis/events.k8s.io/v1/events' },
  'create an event of the core group': coreEvent(),
  'list ConfigMaps': { path: '/api/v1/configmaps' },
}

/** A policy is in force some moments after it was made: these are tried until they are denied. */
export const probes: readonly ApiCall[] = [foreignLabel, event({ regarding: 'worker-2' })].map(dryRun)

const owner = { apiVersion: 'v1', kind: 'Node', name: 'gone', uid: '00000000-0000-0000-0000-000000000000' }
const taints = [{ key: 'example.com/taint', effect: 'NoExecute' }]

/** A change of each field of a Node's status but conditions; null where the API server itself keeps it as it is. */
export const statusChanges: Readonly<Record<string, unknown>> = {
  addresses: [{ type: 'InternalIP', address: '192.0.2.66' }],
  allocatable: { cpu: '64' },
  capacity: { cpu: '64' },
  config: null,
  daemonEndpoints: { kubeletEndpoint: { Port: 66 } },
  declaredFeatures: ['Test'],
  features: { supplementalGroupsPolicy: true },
  images: [{ names: ['example.com/image'], sizeBytes: 1 }],
  nodeInfo: { kubeletVersion: 'v0.0.0' },
  phase: 'Terminated',
  runtimeHandlers: [{ name: 'test' }],
  volumesAttached: [{ name: 'test', devicePath: '/dev/test' }],
  volumesInUse: ['test'],
}

/** What would make an event of the own Node look like somebody else's, or say more than agents do. */
const eventChanges: Readonly<Record<string, object>> = {
  'an event of the kubelet': { reportingController: 'kubelet' },
  'an event of another instance': { reportingInstance: 'worker-2' },
  'an event of another action': { action: 'Binding' },
  'an event that is related to a pod': {
    related: { apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system', name: 'test' },
  },
  'an event of a series': { series: { count: 1_000, lastObservedTime: '2026-01-01T00:00:00.000000Z' } },
  'an event with labels': withMetadata({ labels: { 'example.com/more': '' } }),
  'an event with annotations': withMetadata({ annotations: { 'example.com/more': '' } }),
  'an event with a finalizer': withMetadata({ finalizers: ['example.com/test'] }),
  'an event with an ownerReference': withMetadata({ ownerReferences: [owner] }),
}

function withMetadata(metadata: object) {
  return { metadata: { generateName: 'test-', ...metadata } }
}

/** By the message that denies them. */
const denied: Readonly<Record<string, Calls>> = {
  'hostdeps may only patch the status of Nodes': {
    'what is ours, on the Node itself': patch(own, ours),
    'a foreign label on the Node itself': { ...foreignLabel, path: own },
    'a taint': patch(own, { spec: { taints } }),
    'unschedulable in the spec': patch(own, { spec: { unschedulable: true } }),
    'an update': { method: 'PUT', path: own, body: nodeOf('worker-1') },
    'a new Node': { method: 'POST', path: nodes, body: nodeOf('worker-3') },
    'the own Node deleted': { method: 'DELETE', path: own },
    'another Node deleted': { method: 'DELETE', path: `${nodes}/worker-2` },
    'all Nodes deleted': { method: 'DELETE', path: nodes },
  },
  'hostdeps may only write the Node that its token is bound to': {
    'what is ours, on another Node': apply('worker-2', ours),
  },
  'hostdeps may only write labels of hostdeps.dev/': {
    'a foreign label': foreignLabel,
    'a foreign label among ours': apply('worker-1', {
      metadata: { labels: { ...ours.metadata.labels, 'example.com/more': '' } },
    }),
    'a foreign label changed': ofMetadata({ labels: { 'example.com/role': 'two' } }),
    'a foreign label removed': ofMetadata({ labels: { 'example.com/role': null } }),
    'a label of a longer domain': ofMetadata({ labels: { 'hostdeps.dev.example.com/a': '' } }),
    'a label of a domain before ours': ofMetadata({ labels: { 'example.hostdeps.dev/a': '' } }),
    'a label without a domain': ofMetadata({ labels: { 'hostdeps.dev': '' } }),
    'an update of the status without them': { method: 'PUT', path: ownStatus, body: nodeOf('worker-1') },
  },
  'hostdeps may only write annotations of hostdeps.dev/': {
    'a foreign annotation': ofMetadata({ annotations: { 'example.com/more': '' } }),
    'a foreign annotation changed': ofMetadata({ annotations: { 'example.com/note': 'two' } }),
    'a foreign annotation removed': ofMetadata({ annotations: { 'example.com/note': null } }),
    'an annotation of a longer domain': ofMetadata({ annotations: { 'hostdeps.dev.example.com/a': '' } }),
  },
  'hostdeps may not write ownerReferences': {
    'an ownerReference': ofMetadata({ ownerReferences: [owner] }),
  },
  'hostdeps may not write finalizers': {
    'a finalizer': ofMetadata({ finalizers: ['example.com/test'] }),
  },
  'hostdeps may only write conditions of hostdeps.dev/': {
    'a foreign condition': apply('worker-1', { status: { conditions: [condition('MemoryPressure')] } }),
    'a foreign condition changed': conditions({ type: 'Ready', status: 'False' }),
    'foreign conditions removed': ofStatus({ conditions: [] }),
    'a condition of a longer domain': conditions(condition('hostdeps.dev.example.com/Ready')),
  },
  "hostdeps may write nothing of a Node's status but conditions": {
    'addresses removed': ofStatus({ addresses: null }),
    'capacity removed': ofStatus({ capacity: null }),
  },
  'hostdeps may only create events about the Node that its token is bound to': {
    'an event of another Node': event({ regarding: 'worker-2' }),
    "an event of a pod of the Node's name": event({ regarding: 'worker-1', kind: 'Pod' }),
    'an event in another namespace': event({ regarding: 'worker-1', namespace: 'kube-system' }),
    'an event of the core group': coreEvent(),
  },
  'hostdeps may only create events in its own name': Object.fromEntries(
    Object.entries(eventChanges).map(([name, more]) => [name, event({ regarding: 'worker-1', more })]),
  ),
}

/** All that is denied to a token of worker-1, each with the message. */
export const denials: readonly Denial[] = [
  ...Object.entries(denied).flatMap(([says, calls]) =>
    Object.entries(calls).map(([name, call]) => ({ name, call, says })),
  ),
  ...Object.entries(statusChanges)
    .filter(([, change]) => change !== null)
    .map(([field, change]) => ({
      name: `status.${field}`,
      call: ofStatus({ [field]: change }),
      says: "hostdeps may write nothing of a Node's status but conditions",
    })),
]

interface Denial {
  readonly name: string
  readonly call: ApiCall
  readonly says: string
}

/** Its own work, which a token that is of no node may not do. */
export const ofNoNode: Calls = {
  'hostdeps may only write the Node that its token is bound to': apply('worker-1', ours),
  'hostdeps may only create events about the Node that its token is bound to': event({
    regarding: 'worker-1',
  }),
}

/** What the API server drops by itself, by what would be in the Node if it did not. */
export const dropped: Calls = {
  '"example.com/taint"': patch(ownStatus, { spec: { taints } }),
  '"unschedulable":true': patch(ownStatus, { spec: { unschedulable: true } }),
  '"test://worker-1"': patch(ownStatus, { spec: { providerID: 'test://worker-1' } }),
  '"an error of the config"': ofStatus({ config: { error: 'an error of the config' } }),
}

const forged = {
  manager: 'forged',
  operation: 'Apply',
  apiVersion: 'v1',
  time: '2026-01-01T00:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:metadata': { 'f:labels': { 'f:example.com/role': {} } } },
}

/** Who owns which fields of the own Node, taken away or given to somebody else. */
export const ownershipChanges: Calls = {
  'a list of nothing, merged': ofMetadata({ managedFields: [{}] }),
  'an empty list, merged': ofMetadata({ managedFields: [] }),
  'another list, merged': ofMetadata({ managedFields: [forged] }),
  'a list of nothing, merged by its keys': { ...ofMetadata({ managedFields: [{}] }), type: strategicPatch },
  'another list, merged by its keys': { ...ofMetadata({ managedFields: [forged] }), type: strategicPatch },
  'a list of nothing, as JSON patch': replaceOwnership([{}]),
  'another list, as JSON patch': replaceOwnership([forged]),
}

function replaceOwnership(value: readonly object[]): ApiCall {
  const body = [{ op: 'replace', path: '/metadata/managedFields', value }]
  return { method: 'PATCH', path: ownStatus, type: 'application/json-patch+json', body }
}

/** One of them, the others as they are. */
function conditions(one: object): ApiCall {
  return { ...ofStatus({ conditions: [one] }), type: strategicPatch }
}
