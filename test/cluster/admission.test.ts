import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { startAgent } from './agents.ts'
import { applyPatch, callApi, mergePatch, strategicPatch } from './api-client.ts'
import type { ApiCall } from './api-client.ts'
import { startControlPlane } from './control-plane.ts'
import type { ControlPlane } from './control-plane.ts'
import { serverToken } from './service-account.ts'
import { until } from './test-node.ts'

const manifests = new URL('../../manifests', import.meta.url).pathname
const own = '/api/v1/nodes/worker-1/status'
const others = '/api/v1/nodes/worker-2/status'

const patch = (body: object, path = own): ApiCall => ({ method: 'PATCH', path, type: strategicPatch, body })
const label = (key: string, value: string | null) => patch({ metadata: { labels: { [key]: value } } })
const annotate = (key: string, value: string | null) => patch({ metadata: { annotations: { [key]: value } } })
const status = (fields: object) => patch({ status: fields })
const owner = { apiVersion: 'v1', kind: 'Pod', name: 'none', uid: 'none' }
const condition = (type: string) => ({ type, status: 'True', reason: 'X', message: 'x' })

const onlyStatus = 'hostdeps may only patch the status of Nodes'
const onlyOwn = 'hostdeps may only write the Node that its token is bound to'
const onlyLabels = 'hostdeps may only write labels of hostdeps.dev/'
const onlyAnnotations = 'hostdeps may only write annotations of hostdeps.dev/'
const onlyConditions = 'hostdeps may only write conditions of hostdeps.dev/'
const noStatus = "hostdeps may write nothing of a Node's status but conditions"
const onlyEvents = 'hostdeps may only tell events of the Node that its token is bound to'

/** What a stolen token would be good for, each with what refuses it; null is what the server does. */
const matrix: readonly [string, ApiCall, string | null][] = [
  ['its own label', label('hostdeps.dev/open-iscsi', 'ready'), null],
  ['its own label, taken off', label('hostdeps.dev/open-iscsi', null), null],
  ['its own annotation', annotate('hostdeps.dev/report', '{}'), null],
  ['its own condition', status({ conditions: [condition('hostdeps.dev/OpenIscsiReady')] }), null],
  ['a foreign label', label('example.com/a', 'b'), onlyLabels],
  ['a label without a prefix', label('role', 'b'), onlyLabels],
  ['a label that only looks like ours', label('hostdeps.dev.example.com/a', 'b'), onlyLabels],
  ['a foreign label, changed', label('kept.example.com/x', 'other'), onlyLabels],
  ['a foreign label, taken off', label('kept.example.com/x', null), onlyLabels],
  ['a foreign annotation', annotate('example.com/a', 'b'), onlyAnnotations],
  ['a foreign annotation, changed', annotate('kept.example.com/x', 'other'), onlyAnnotations],
  ['a foreign annotation, taken off', annotate('kept.example.com/x', null), onlyAnnotations],
  ['a foreign condition', status({ conditions: [condition('Ready')] }), onlyConditions],
  ['a foreign condition, changed', status({ conditions: [condition('KernelDeadlock')] }), onlyConditions],
  ['all foreign conditions taken off', { ...status({ conditions: [] }), type: mergePatch }, onlyConditions],
  [
    'an ownerReference',
    patch({ metadata: { ownerReferences: [owner] } }),
    'hostdeps may not write ownerReferences',
  ],
  [
    'a finalizer',
    patch({ metadata: { finalizers: ['example.com/a'] } }),
    'hostdeps may not write finalizers',
  ],
  ['an address', status({ addresses: [{ type: 'InternalIP', address: '10.0.0.9' }] }), noStatus],
  ["the kubelet's port", status({ daemonEndpoints: { kubeletEndpoint: { Port: 1 } } }), noStatus],
  ['capacity', status({ capacity: { cpu: '1k' } }), noStatus],
  ['allocatable', status({ allocatable: { cpu: '1k' } }), noStatus],
  ['node info', status({ nodeInfo: { kubeletVersion: 'v9' } }), noStatus],
  ['images', status({ images: [{ names: ['example.com/a'], sizeBytes: 1 }] }), noStatus],
  ['volumes in use', status({ volumesInUse: ['a'] }), noStatus],
  ['volumes attached', status({ volumesAttached: [{ name: 'a', devicePath: '/dev/a' }] }), noStatus],
  ['runtime handlers', status({ runtimeHandlers: [{ name: 'a' }] }), noStatus],
  ['the phase', status({ phase: 'Running' }), noStatus],
  [
    'a taint',
    patch({ spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } }, '/api/v1/nodes/worker-1'),
    onlyStatus,
  ],
  ['spec.unschedulable', patch({ spec: { unschedulable: true } }, '/api/v1/nodes/worker-1'), onlyStatus],
  [
    'its own label past the status',
    patch({ metadata: { labels: { 'hostdeps.dev/a': 'b' } } }, '/api/v1/nodes/worker-1'),
    onlyStatus,
  ],
  ['its Node deleted', { method: 'DELETE', path: '/api/v1/nodes/worker-1' }, onlyStatus],
  ['all Nodes deleted', { method: 'DELETE', path: '/api/v1/nodes' }, onlyStatus],
  [
    'a Node made',
    {
      method: 'POST',
      path: '/api/v1/nodes',
      body: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-3' } },
    },
    onlyStatus,
  ],
  [
    "another Node's label of ours",
    patch({ metadata: { labels: { 'hostdeps.dev/a': 'b' } } }, others),
    onlyOwn,
  ],
  [
    "another Node's condition of ours",
    patch({ status: { conditions: [condition('hostdeps.dev/AReady')] } }, others),
    onlyOwn,
  ],
  ['an event of its Node', event('worker-1'), null],
  ['an event of another Node', event('worker-2'), onlyEvents],
  ['an event of a Pod', event('worker-1', { kind: 'Pod' }), onlyEvents],
  ['an event in another namespace', event('worker-1', { namespace: 'kube-system' }), onlyEvents],
  ['an event of the old API', oldEvent('worker-1'), onlyEvents],
]

function event(name: string, { kind = 'Node', namespace = 'default' } = {}): ApiCall {
  const body = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { generateName: 'test-', namespace },
    eventTime: new Date().toISOString().replace('Z', '000Z'),
    type: 'Normal',
    reason: 'Test',
    action: 'Test',
    reportingController: 'hostdeps.dev/agent',
    reportingInstance: 'test',
    regarding: { kind, name, ...(namespace !== 'default' && { namespace }) },
  }
  return { method: 'POST', path: `/apis/events.k8s.io/v1/namespaces/${namespace}/events`, body }
}

function oldEvent(name: string): ApiCall {
  const metadata = { generateName: 'test-', namespace: 'default' }
  const body = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata,
    involvedObject: { kind: 'Node', name },
    reason: 'Test',
  }
  return { method: 'POST', path: '/api/v1/namespaces/default/events', body }
}

/** Rights far beyond ours, so that it is the policy that refuses. */
const wide = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'wide' },
  rules: [{ apiGroups: ['', 'events.k8s.io'], resources: ['nodes', 'nodes/status', 'events'], verbs: ['*'] }],
}

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])(
  'what the API server lets the token of an agent do',
  () => {
    let cluster: ControlPlane
    let moved = ''
    beforeAll(async () => {
      cluster = await startControlPlane()
      moved = mkdtempSync(join(cluster.folder, 'moved-'))
      for (const name of ['worker-1', 'worker-2']) await makeNode(name)
      await cluster.call({
        method: 'POST',
        path: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
        body: wide,
      })
    }, 120_000)
    afterAll(async () => {
      rmSync(moved, { recursive: true, force: true })
      await cluster?.stop()
    })

    const makeNode = async (name: string) => {
      const kept = { 'kept.example.com/x': 'kept' }
      const metadata = { name, labels: kept, annotations: kept }
      await cluster.call({
        method: 'POST',
        path: '/api/v1/nodes',
        body: { apiVersion: 'v1', kind: 'Node', metadata },
      })
      const kubelet = {
        conditions: [{ ...condition('KernelDeadlock'), status: 'False' }],
        capacity: { cpu: '2' },
      }
      await cluster.call(patch({ status: kubelet }, `/api/v1/nodes/${name}/status`))
    }
    const install = async (namespace: string) => {
      const folder = `${moved}/${namespace}`
      await cluster.kubectl('create', 'namespace', namespace).catch(() => 'there already')
      const text = await cluster.kubectl(
        'kustomize',
        namespace === 'hostdeps' ? manifests : movedTo(namespace),
      )
      writeFileSync(`${folder}.yaml`, text)
      await cluster.kubectl('apply', '-f', `${folder}.yaml`)
      await cluster.kubectl(
        'create',
        'clusterrolebinding',
        `wide-${namespace}`,
        '--clusterrole=wide',
        `--serviceaccount=${namespace}:hostdeps`,
      )
      const containers = [{ name: 'main', image: 'example.com/none' }]
      const spec = { nodeName: 'worker-1', serviceAccountName: 'hostdeps', containers }
      const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'agent' }, spec }
      await cluster.call({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods`, body })
    }
    /** A kustomization of somebody's own, who wants it elsewhere. */
    const movedTo = (namespace: string) => {
      const folder = mkdtempSync(join(manifests, '../.cache/kustomize-'))
      writeFileSync(
        join(folder, 'kustomization.yaml'),
        `namespace: ${namespace}\nresources: [../../manifests]\n`,
      )
      folders.push(folder)
      return folder
    }
    const folders: string[] = []
    afterAll(() => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    })
    const as = async (call: ApiCall, token: string) =>
      callApi<{ message?: string }>({ ...cluster.admin, token }, call)

    describe.each(['hostdeps', 'monitoring'])('in the namespace %s', (namespace) => {
      let token = ''
      beforeAll(async () => {
        await install(namespace)
        token = await serverToken(cluster, { namespace, pod: 'agent' })
        // A policy is in force a moment after it was made.
        await until(
          () => as(label('example.com/a', String(performance.now())), token),
          ({ status: code }) => code === 422,
        )
        await cluster.call(label('example.com/a', null))
      }, 60_000)

      test.each(matrix)('%s', async (_, call, refusal) => {
        const { status: code, body } = await as(call, token)
        if (refusal === null) expect([code, body.message]).toEqual([expect.toBeOneOf([200, 201]), undefined])
        else expect([code, body.message]).toEqual([422, expect.stringContaining(refusal)])
      })

      test('a token that is bound to no node', async () => {
        const free = await serverToken(cluster, { namespace })
        const said = await as(label('hostdeps.dev/a', 'b'), free)
        expect([said.status, said.body.message]).toEqual([422, expect.stringContaining(onlyOwn)])
        const told = await as(event('worker-1'), free)
        expect([told.status, told.body.message]).toEqual([422, expect.stringContaining(onlyEvents)])
      })

      test('what is left when nobody gave it more: its own status, and nothing else', async () => {
        await cluster.kubectl('delete', 'clusterrolebinding', `wide-${namespace}`)
        const calls: readonly [number, ApiCall][] = [
          [200, { path: '/api/v1/nodes/worker-1' }],
          [
            200,
            {
              method: 'PATCH',
              path: `${own}?fieldManager=hostdeps&force=true`,
              type: applyPatch,
              body: apply,
            },
          ],
          [403, { path: '/api/v1/nodes' }],
          [403, { path: '/api/v1/pods' }],
          [403, { path: '/api/v1/secrets' }],
          [403, { path: `/api/v1/namespaces/${namespace}/configmaps/hostdeps` }],
          [403, patch({ metadata: { labels: { 'hostdeps.dev/a': 'b' } } }, '/api/v1/nodes/worker-1')],
          [403, { method: 'DELETE', path: '/api/v1/nodes/worker-1' }],
          [403, oldEvent('worker-1')],
        ]
        await until(
          () => as({ path: '/api/v1/nodes' }, token),
          ({ status: code }) => code === 403,
        )
        for (const [code, call] of calls)
          expect([call.path, (await as(call, token)).status]).toEqual([call.path, code])
      })
    })

    test('the policy compares every field of NodeStatus that this API server knows', async () => {
      const { components } = await cluster.call<{
        components: { schemas: Record<string, { properties: object }> }
      }>({
        path: '/openapi/v3/api/v1',
      })
      const known = Object.keys(components.schemas['io.k8s.api.core.v1.NodeStatus']?.properties ?? {})
      expect(known).toContain('capacity')
      const text = readFileSync(`${manifests}/base/node-policy.yaml`, 'utf8')
      const { expression } = parse(text).spec.validations.at(-1)
      for (const field of known.filter((name) => name !== 'conditions'))
        expect(expression).toContain(`object.status.?${field} == oldObject.status.?${field}`)
    })

    test('without the policy the server says so within a minute', { timeout: 120_000 }, async () => {
      const kubeConfig = cluster.kubeConfig(
        await serverToken(cluster, { namespace: 'monitoring', pod: 'agent' }),
      )
      const config = 'checks: [overlay]\ninterval: 5s\n'
      const agent = await startAgent({ node: 'worker-1', kubeConfig, config })
      const metrics = async () => (await fetch(`${agent.url}/metrics`).catch(() => null))?.text() ?? ''
      try {
        await until(metrics, (text) => /^hostdeps_policy_enforced 1$/m.test(text), 20_000)
        await cluster.kubectl('delete', 'validatingadmissionpolicybinding', 'hostdeps-node')
        const took = await until(metrics, (text) => /^hostdeps_policy_enforced 0$/m.test(text), 60_000)
        console.log(`without its policy the server says so after ${Math.round(took / 1_000)} s`)
        expect(agent.server.said()).toContain('does not confine this token')
        await until(
          () => cluster.kubectl('get', 'events', '-n', 'default', '-o', 'json'),
          (text) => text.includes('Unconfined'),
        )
      } finally {
        await agent.stop()
      }
    })
  },
)

const apply = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'worker-1', labels: { 'hostdeps.dev/open-iscsi': 'ready' } },
  status: { conditions: [condition('hostdeps.dev/OpenIscsiReady')] },
}
