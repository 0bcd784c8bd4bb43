import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyPatch, mergePatch } from './plane/api-client.ts'
import { coreEvent, event } from './plane/admission-calls.ts'
import { freePorts } from '../free-ports.ts'
import { startControlPlane } from './plane/control-plane.ts'
import type { ControlPlane } from './plane/control-plane.ts'
import { until } from './plane/test-node.ts'
import { makeDaemonSet } from './plane/workloads.ts'
import { main } from '../hostdeps-main.ts'

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('prune', () => {
  let cluster: ControlPlane
  let kubeConfig: string
  beforeAll(async () => {
    cluster = await startControlPlane()
    kubeConfig = cluster.kubeConfig(cluster.admin.token)
    for (const name of ['left', 'foreign', 'clean']) await makeNode(name)
    await applyTo('left', 'hostdeps', 'hostdeps.dev')
    await applyTo('foreign', 'somebody', 'hostdeps.dev')
    await applyTo('foreign', 'another', 'example.com')
    for (const node of ['left', 'foreign']) await cluster.call(event({ regarding: node }))
    await cluster.call(coreEvent())
  })
  afterAll(() => cluster?.stop())

  const makeNode = (name: string) =>
    cluster.call({
      method: 'POST',
      path: '/api/v1/nodes',
      body: { apiVersion: 'v1', kind: 'Node', metadata: { name } },
    })
  const applyTo = (name: string, manager: string, prefix: string) =>
    cluster.call({
      method: 'PATCH',
      path: `/api/v1/nodes/${name}/status?fieldManager=${manager}&force=true`,
      type: applyPatch,
      body: {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels: { [`${prefix}/a`]: 'x' }, annotations: { [`${prefix}/report`]: 'x' } },
        status: { conditions: [{ type: `${prefix}/AReady`, status: 'True', reason: 'X', message: 'x' }] },
      },
    })
  const prune = (...args: string[]) =>
    execa(process.execPath, [main, 'prune', ...args], { reject: false, env: { KUBECONFIG: kubeConfig } })
  const start = (...args: string[]) => {
    const running = prune(...args)
    let said = ''
    running.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    return { running, said: async () => said }
  }
  const events = async () => JSON.stringify(await cluster.call({ path: '/api/v1/namespaces/default/events' }))
  const nodes = async () => JSON.stringify(await cluster.call({ path: '/api/v1/nodes' }))

  test('is refused while the DaemonSet exists', async () => {
    await makeDaemonSet(cluster, 'hostdeps', 'none')
    const labels = { 'app.kubernetes.io/name': 'hostdeps' }
    const path = '/apis/apps/v1/namespaces/default/daemonsets/hostdeps'
    await cluster.call({ method: 'PATCH', path, type: mergePatch, body: { metadata: { labels } } })
    const { exitCode, stderr } = await prune()
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('default/hostdeps')])
    expect(await nodes()).toContain('hostdeps.dev/a')
  })

  test('without it, it waits for agents that are ending, and not for ever', async () => {
    await cluster.kubectl('delete', 'daemonset', 'hostdeps')
    const pod = '/api/v1/namespaces/default/pods/agent'
    await cluster.call({ method: 'POST', path: '/api/v1/namespaces/default/pods', body: agentOn('clean') })
    await cluster.call({ method: 'DELETE', path: pod })
    const { exitCode, stderr } = await prune('--timeout', '1s')
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('default/agent')])
    const { running, said } = start('--dry-run')
    await until(said, (text) => text === 'waiting for 1 agent to end\n')
    await cluster.call({ method: 'DELETE', path: `${pod}?gracePeriodSeconds=0` })
    expect(await running).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('would be pruned') })
    expect(await nodes()).toContain('hostdeps.dev/a')
  })

  test('a dry run removes nothing', async () => {
    const { exitCode, stdout } = await prune('--force', '--dry-run')
    expect([exitCode, stdout.split('\n').toSorted().join('\n')]).toEqual([
      0,
      [
        'left: 1 label, 1 condition, 1 annotation would be removed',
        'foreign: 1 label, 1 condition, 1 annotation would be removed',
        '2 events would be deleted',
        '2 of 3 Nodes would be pruned, 1 had nothing.',
      ]
        .toSorted()
        .join('\n'),
    ])
    expect(await nodes()).toContain('hostdeps.dev/a')
    expect(await events()).toContain('hostdeps.dev/agent')
  })

  test('removes all of it from all Nodes, whoever wrote it, and nothing else', async () => {
    const { exitCode, stdout } = await prune('--force')
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('2 of 3 Nodes pruned, 1 had nothing.')])
    const left = await nodes()
    expect(left).not.toContain('hostdeps')
    for (const name of ['a"', 'report', 'AReady']) expect(left).toContain(`example.com/${name}`)
    expect(await events()).not.toContain('hostdeps.dev/agent')
    expect(await events()).toContain('"message":"test"')
    expect((await prune('--force')).stdout).toContain('0 of 3 Nodes pruned, 3 had nothing.')
  })

  test('without the right to delete events it still prunes', async () => {
    await applyTo('left', 'hostdeps', 'hostdeps.dev')
    await cluster.call(event({ regarding: 'left' }))
    const mayPrune = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'pruner' },
      rules: [
        { apiGroups: ['', 'apps'], resources: ['nodes', 'pods', 'daemonsets'], verbs: ['list'] },
        { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
      ],
    }
    const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles'
    await cluster.call({ method: 'POST', path, body: mayPrune })
    const account = '--serviceaccount=default:default'
    await cluster.kubectl('create', 'clusterrolebinding', 'pruner', '--clusterrole=pruner', account)
    const env = { KUBECONFIG: cluster.kubeConfig(await cluster.kubectl('create', 'token', 'default')) }
    const { exitCode, stdout, stderr } = await execa(process.execPath, [main, 'prune'], { env })
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('1 of 3 Nodes pruned')])
    expect(stderr).toMatch(
      /events could not be deleted and will expire by themselves: .*cannot list resource "events"/,
    )
    expect((await prune()).stdout).toContain('1 event deleted')
  })

  test('without the right or an API server it says so', async () => {
    const weak = cluster.kubeConfig('no-such-token')
    const refused = await execa(process.execPath, [main, 'prune'], {
      reject: false,
      env: { KUBECONFIG: weak },
    })
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('Unauthorized')])
    const gone = cluster.kubeConfig('x', `https://127.0.0.1:${(await freePorts(1))[0]}`)
    const unreachable = await execa(process.execPath, [main, 'prune'], {
      reject: false,
      env: { KUBECONFIG: gone },
    })
    expect([unreachable.exitCode, unreachable.stderr]).toEqual([1, expect.stringContaining('ECONNREFUSED')])
  })
})

/** As one of the DaemonSet: bound to a Node, of which no kubelet ends it. */
function agentOn(nodeName: string) {
  const metadata = { name: 'agent', labels: { 'app.kubernetes.io/name': 'hostdeps' } }
  const containers = [{ name: 'main', image: 'example.com/none' }]
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName, containers } }
}
