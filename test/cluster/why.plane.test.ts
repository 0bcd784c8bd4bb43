import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { V1Pod } from '@kubernetes/client-node'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WhyAnswer } from '#agent/cluster/why/answer.ts'
import { unprintable } from '#agent/model/plain.ts'
import { freePorts } from '../free-ports.ts'
import { hostile, noIscsi } from './made-nodes.ts'
import { startControlPlane } from './plane/control-plane.ts'
import type { ControlPlane } from './plane/control-plane.ts'
import { makeFakeNodes } from './plane/fake-nodes.ts'
import { makeAgent, sayOnNode } from './plane/said-nodes.ts'
import { until } from './plane/test-node.ts'
import { main } from '../hostdeps-main.ts'

const line = 'nsenter: failed to execute iscsiadm: No such file or directory'

/** Made-up pods on a real API server: their status is written, and they have no logs. */
describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('why', () => {
  let cluster: ControlPlane
  let kubeConfig: string
  let stopBeating: () => Promise<void>
  beforeAll(async () => {
    cluster = await startControlPlane()
    kubeConfig = cluster.kubeConfig(cluster.admin.token)
    stopBeating = await makeFakeNodes(cluster, { 'worker-1': {}, 'worker-2': {} })
    await sayOnNode(cluster, 'worker-1', { 'open-iscsi': noIscsi })
    await sayOnNode(cluster, 'worker-2', { 'open-iscsi': { state: 'ready' } })
    for (const name of ['worker-1', 'worker-2']) await makeAgent(cluster, name)
    await makePod('mounting', 'worker-1', { waiting: { reason: 'ContainerCreating' } })
    await warn('mounting', 'FailedMount', `MountVolume.MountDevice failed for volume "pvc-1" : ${line}`)
    await makePod('elsewhere', 'worker-2', { waiting: { reason: 'ContainerCreating' } })
    await warn('elsewhere', 'FailedMount', `MountVolume.MountDevice failed for volume "pvc-1" : ${line}`)
    await makePod('no-image', 'worker-1', { waiting: { reason: 'ErrImagePull', message: hostile } })
    await makePod('fine', 'worker-1', { running: { startedAt: new Date().toISOString() } }, true)
  })
  afterAll(async () => {
    await stopBeating?.()
    await cluster?.stop()
  })

  async function makePod(name: string, nodeName: string, state: object, ready = false) {
    const path = '/api/v1/namespaces/default/pods'
    const containers = [{ name: 'main', image: 'example.com/app:1' }]
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } } }
    await cluster.call({ method: 'POST', path, body: { ...object, spec: { nodeName, containers } } })
    const main = { name: 'main', image: '', imageID: '', ready, restartCount: 0, state }
    const status = {
      phase: ready ? 'Running' : 'Pending',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [main],
    }
    const type = 'application/merge-patch+json'
    await cluster.call({ method: 'PATCH', path: `${path}/${name}/status`, type, body: { status } })
  }

  async function warn(name: string, reason: string, message: string) {
    const path = '/api/v1/namespaces/default'
    const { metadata } = await cluster.call<V1Pod>({ path: `${path}/pods/${name}` })
    const involvedObject = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name, uid: metadata?.uid }
    const now = new Date().toISOString()
    const body = {
      metadata: { generateName: `${name}.` },
      involvedObject,
      type: 'Warning',
      reason,
      message,
      lastTimestamp: now,
    }
    await cluster.call({ method: 'POST', path: `${path}/events`, body })
  }

  const run = (...args: string[]) =>
    execa(process.execPath, [main, 'why', ...args], { reject: false, env: { KUBECONFIG: kubeConfig } })
  const ask = async (...args: string[]) =>
    (JSON.parse((await run(...args, '-o', 'json')).stdout) as { answers: readonly WhyAnswer[] }).answers

  test('joins an event with the report of its own node, and prints the fix', async () => {
    const { stdout, stderr, exitCode } = await run('mounting')
    expect([stderr, exitCode]).toEqual(['', 0])
    expect(stdout).toMatch(/^Confirmed: the node lacks iscsiadm \(open-iscsi: /)
    expect(stdout).toContain('apt-get install -y open-iscsi')
    expect(await ask('pod/elsewhere')).toMatchObject([
      { verdict: 'cannot tell', ruledOut: [expect.stringMatching(/^worker-2 has iscsiadm/)] },
    ])
  })

  test('of all pods those in trouble, the surest first; what pods say is harmless', async () => {
    // New pods are given half a minute.
    let answers: readonly WhyAnswer[] = []
    await until(
      async () => (answers = await ask('-A')),
      ({ length }) => length === 3,
    )
    expect(answers.map(({ verdict, pods }) => [verdict, pods.map(({ name }) => name)])).toEqual([
      ['confirmed', ['mounting']],
      ['not the host', ['no-image']],
      ['cannot tell', ['elsewhere']],
    ])
    const { stdout } = await run('--all')
    expect(stdout.replaceAll('\n', '')).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
  })

  test('a pod without trouble, none at all, and names that are not there', async () => {
    const fine = await run('fine')
    expect([fine.exitCode, fine.stdout, fine.stderr]).toEqual([4, '', 'pod fine has no trouble'])
    const none = await run('-n', 'kube-public', '--all')
    expect([none.exitCode, none.stdout, none.stderr]).toEqual([0, '', 'No resources found'])
    const nope = await run('ds/nope')
    expect([nope.exitCode, nope.stderr]).toEqual([1, 'daemonsets.apps "nope" not found'])
  })

  test('each right that is missing is named, and the rest is said', async () => {
    const role = ['create', 'role', 'see-pods', '--verb=get,list', '--resource=pods']
    await cluster.kubectl(...role)
    await cluster.kubectl('create', 'rolebinding', 'see-pods', '--role=see-pods', '--user=jane')
    const { stdout, exitCode } = await run('mounting', '--as', 'jane')
    expect(exitCode).toBe(4)
    expect(stdout).toMatch(/Not seen: its events: events is forbidden: User "jane" cannot list/)
    expect(stdout).toMatch(/Not seen: the nodes: nodes is forbidden: User "jane" cannot list/)
    const john = await run('mounting', '--as', 'john')
    expect([john.exitCode, john.stdout]).toEqual([1, ''])
    expect(john.stderr).toMatch(/^pods "mounting" is forbidden: User "john" cannot get resource "pods"/)
  })

  test('an API server that is not there is one line', async () => {
    const gone = cluster.kubeConfig('x', `https://127.0.0.1:${(await freePorts(1))[0]}`)
    const { exitCode, stderr } = await run('mounting', '--kubeconfig', gone)
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/^https:\S+ does not answer: connect ECONNREFUSED \S+$/),
    ])
  })

  test('a quota keeps a Deployment from making pods, and the scheduler keeps pods off', async () => {
    const labels = { app: 'kept' }
    const spec = {
      containers: [{ name: 'main', image: 'example.com/app:1' }],
      nodeSelector: { disktype: 'ssd' },
    }
    const items = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'full' } },
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'none', namespace: 'full' },
        spec: { hard: { pods: '0' } },
      },
      ...['full', 'default'].map((namespace) => ({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'kept', namespace },
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
      })),
    ]
    const file = join(cluster.folder, 'kept.json')
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
    await cluster.kubectl('apply', '-f', file)
    await until(
      () => ask('deploy/kept', '-n', 'full'),
      (answers) => answers.some(({ says }) => says === 'a quota of the namespace is used up'),
    )
    await until(
      () => ask('deploy', 'kept'),
      (answers) =>
        answers.some(({ verdict, says }) => verdict === 'not the host' && says.includes('disktype=ssd')),
    )
  })
})
