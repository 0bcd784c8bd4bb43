import type { V1Pod, V1PodList } from '@kubernetes/client-node'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findKubeAccess } from '#agent/kube/access/find-kube-config.ts'
import { openPodApi } from '#agent/kube/open-pod-api.ts'
import type { ClusterPod, PodApi } from '#agent/node/pod-api.ts'
import { mergePatch } from './plane/api-client.ts'
import { startControlPlane } from './plane/control-plane.ts'
import type { ControlPlane } from './plane/control-plane.ts'
import { makeFakeNodes } from './plane/fake-nodes.ts'
import { makeAgent, sayOnNode } from './plane/said-nodes.ts'
import { until } from './plane/test-node.ts'
import { main } from '../hostdeps-main.ts'

const fixed = { state: 'ready', was: 'missing' } as const
/** An hour before the Nodes got what was missing, as madeNode has it, and an hour after. */
const [before, after] = ['2026-11-24T09:00:00Z', '2026-11-24T11:00:00Z']

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('restart', () => {
  let cluster: ControlPlane
  let kubeConfig: string
  let api: PodApi
  let stopBeating: () => Promise<void>
  beforeAll(async () => {
    cluster = await startControlPlane()
    kubeConfig = cluster.kubeConfig(cluster.admin.token)
    const access = findKubeAccess({ file: kubeConfig, context: null })
    if (access === null) throw new Error('no kubeconfig')
    api = openPodApi({ config: access.config, deadline: 30_000, as: null })
    stopBeating = await makeFakeNodes(cluster, { 'worker-1': {}, 'worker-2': {} })
    for (const name of ['worker-1', 'worker-2'])
      await sayOnNode(cluster, name, { 'open-iscsi': fixed, longhorn: fixed })
    // What worker-2 says, no agent stands behind.
    await makeAgent(cluster, 'worker-1')
    await makeDaemonSet('selecting', { nodeSelector: { 'hostdeps.dev/open-iscsi': 'ready' } })
    await makeDaemonSet('longhorn', { image: 'docker.io/longhornio/longhorn-manager:v1.12.2' })
  })
  afterAll(async () => {
    await stopBeating?.()
    await cluster?.stop()
  })

  const run = (...args: string[]) =>
    execa(process.execPath, [main, 'restart', ...args], { reject: false, env: { KUBECONFIG: kubeConfig } })
  const makeDaemonSet = async (name: string, { image = 'example.com/none', nodeSelector = {} }) => {
    const labels = { app: name }
    const containers = [{ name: 'main', image }]
    const spec = { nodeSelector, terminationGracePeriodSeconds: 0, containers }
    const template = { metadata: { labels }, spec }
    const body = { metadata: { name }, spec: { selector: { matchLabels: labels }, template } }
    await cluster.call({ method: 'POST', path: '/apis/apps/v1/namespaces/default/daemonsets', body })
  }
  const podsOf = async (app: string): Promise<readonly V1Pod[]> => {
    const path = `/api/v1/namespaces/default/pods?labelSelector=app%3D${app}`
    return (await cluster.call<V1PodList>({ path })).items
  }
  /** Waits for the pod that its DaemonSet makes; another than `not`. */
  const podOn = async (app: string, node = 'worker-1', not = '') => {
    let name = ''
    const look = async () => {
      const pods = await podsOf(app)
      name = pods.find(({ spec }) => spec?.nodeName === node)?.metadata?.name ?? ''
      return name
    }
    await until(look, (now) => now !== '' && now !== not)
    return name
  }
  const setStatus = (name: string, status: object) =>
    cluster.call({
      method: 'PATCH',
      path: `/api/v1/namespaces/default/pods/${name}/status`,
      type: mergePatch,
      body: { status },
    })
  const crash = async (name: string, startedAt = before) => {
    const terminated = { exitCode: 1, reason: 'Error', startedAt, finishedAt: startedAt }
    const state = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } }
    const one = { name: 'main', image: 'x', imageID: 'x', ready: false, restartCount: 9, state }
    const conditions = [{ type: 'Ready', status: 'False' }]
    const containerStatuses = [{ ...one, lastState: { terminated } }]
    await setStatus(name, { phase: 'Running', conditions, containerStatuses })
  }
  const getReady = (name: string) =>
    setStatus(name, {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        {
          name: 'main',
          image: 'x',
          imageID: 'x',
          ready: true,
          restartCount: 0,
          state: { running: {} },
          lastState: {},
        },
      ],
    })
  const seen = async (name: string): Promise<ClusterPod> => {
    const answer = await api.pod('default', name)
    if (!answer.ok) throw new Error(answer.message)
    return answer.value
  }
  const touch = (name: string) =>
    cluster.call({
      method: 'PATCH',
      path: `/api/v1/namespaces/default/pods/${name}`,
      type: mergePatch,
      body: { metadata: { annotations: { touched: String(performance.now()) } } },
    })

  let names: Record<'selecting' | 'selectingElsewhere' | 'longhorn' | 'longhornElsewhere', string>
  beforeEach(async () => {
    names = {
      selecting: await podOn('selecting'),
      selectingElsewhere: await podOn('selecting', 'worker-2'),
      longhorn: await podOn('longhorn'),
      longhornElsewhere: await podOn('longhorn', 'worker-2'),
    }
    await crash(names.selecting)
    await crash(names.selectingElsewhere)
    await getReady(names.longhorn)
    await getReady(names.longhornElsewhere)
  })

  test('a dry run deletes nothing, and a Ready pod is not spoken of', async () => {
    for (const [flag, how] of [
      ['--dry-run', 'client'],
      ['--dry-run=server', 'server'],
    ] as const) {
      const { exitCode, stdout, stderr } = await run('-l', 'app in (selecting, longhorn)', flag)
      expect([exitCode, stderr]).toEqual([0, ''])
      expect(stdout).toContain('Its node selector or affinity asks for open-iscsi')
      expect(stdout).toContain(
        `default/${names.selectingElsewhere}: what is known may be old: no agent runs on worker-2`,
      )
      expect(stdout).toContain(`pod default/${names.selecting} would be deleted (${how} dry run)`)
      expect(stdout).not.toContain('longhorn')
    }
    expect((await seen(names.selecting)).isDeleting).toBe(false)
  })

  test('what was started since the node has it is left alone', async () => {
    await crash(names.selecting, after)
    const { exitCode, stdout, stderr } = await run('-l', 'app=selecting', '--yes')
    expect([exitCode, stderr]).toEqual([0, 'No pod to restart'])
    expect(stdout).toContain(`default/${names.selecting}: it was started again since worker-1 has`)
  })

  test('--check, and the image: the pod is replaced, and waited for until it is Ready', async () => {
    await crash(names.longhorn)
    const none = await run('-n', 'default', '--check', 'nfs-client', '--yes')
    expect([none.exitCode, none.stderr]).toEqual([0, 'No pod to restart'])
    const running = run('-n', 'default', '--check', 'longhorn', '--yes', '--wait')
    const fresh = await podOn('longhorn', 'worker-1', names.longhorn)
    await getReady(fresh)
    const { exitCode, stdout } = await running
    expect(stdout).toContain('Its image is of longhorn')
    expect(stdout).toContain(`pod default/${names.longhorn} deleted`)
    expect([exitCode, stdout.split('\n').at(-1)]).toEqual([
      0,
      expect.stringContaining(`default/longhorn on worker-1: ${fresh} is Ready`),
    ])
    // What asks for another check stays.
    expect((await seen(names.selecting)).isDeleting).toBe(false)
  })

  test('not Ready in time', async () => {
    const { exitCode, stderr } = await run('-l', 'app=selecting', '--yes', '--wait', '--timeout', '3s')
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('not Ready in time')])
    await podOn('selecting', 'worker-1', names.selecting)
  })

  test('a pod that changes between the question and the answer stays', async () => {
    const command = [process.execPath, main, 'restart', '-l', 'app=selecting'].join(' ')
    // script(1) of util-linux runs a command on a terminal of its own.
    const running = execa('script', ['-qec', command, '/dev/null'], {
      reject: false,
      env: { KUBECONFIG: kubeConfig },
    })
    running.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Delete 1 pod? [y/N]'))
        void touch(names.selecting).then(() => running.stdin.end('y\n'))
    })
    const { exitCode, stdout } = await running
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining(`pod default/${names.selecting} has changed meanwhile, and is left alone`),
    ])
    expect((await seen(names.selecting)).isDeleting).toBe(false)
  })

  test('neither another pod of the same name nor one that is gone is deleted', async () => {
    const pods = '/api/v1/namespaces/default/pods'
    const body = {
      metadata: { name: 'twin' },
      spec: {
        nodeName: 'worker-1',
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: 'x' }],
      },
    }
    await cluster.call({ method: 'POST', path: pods, body })
    const first = await seen('twin')
    await cluster.call({ method: 'DELETE', path: `${pods}/twin` })
    await until(
      () => api.pod('default', 'twin'),
      ({ ok }) => !ok,
    )
    expect(await api.deletePod(first, { dryRun: false })).toMatchObject({ ok: false, status: 404 })
    await cluster.call({ method: 'POST', path: pods, body })
    const second = await seen('twin')
    expect(await api.deletePod(first, { dryRun: false })).toMatchObject({ ok: false, status: 409 })
    const stale = { ...second, uid: first.uid }
    expect(await api.deletePod(stale, { dryRun: false })).toMatchObject({ ok: false, status: 409 })
    expect(await api.deletePod(second, { dryRun: false })).toMatchObject({ ok: true })
  })

  test('rights that are missing are named, and nothing is deleted without them', async () => {
    const none = await run('-n', 'default', '--yes', '--as', 'nobody')
    expect([none.exitCode, none.stderr]).toEqual([
      1,
      'pods is forbidden: User "nobody" cannot list resource "pods" in API group "" in the namespace "default"',
    ])
    await mayDo('lister', ['list'], 'pods')
    const lister = await run('-l', 'app=selecting', '--yes', '--as', 'lister')
    expect([lister.exitCode, lister.stderr]).toEqual([0, 'No pod to restart'])
    expect(lister.stdout).toMatch(
      /its node cannot be read\nNot seen: the nodes: nodes is forbidden: User "lister"/,
    )
    await mayDo('viewer', ['list'], 'pods,nodes')
    for (const flag of ['--yes', '--dry-run=server']) {
      const viewer = await run('-l', 'app=selecting', flag, '--as', 'viewer')
      const refusal = `pods "${names.selecting}" is forbidden: User "viewer" cannot delete resource "pods" in API group "" in the namespace "default"`
      expect([viewer.exitCode, viewer.stderr]).toEqual([1, refusal])
      expect(viewer.stdout).toMatch(/\nNot seen: .*User "viewer" cannot get resource "pods\/log"/)
      expect(viewer.stdout).toMatch(/\nNot seen: its events: events is forbidden: User "viewer"/)
    }
    expect((await seen(names.selecting)).isDeleting).toBe(false)
  })

  const mayDo = async (user: string, verbs: readonly string[], resources: string) => {
    const role = `restart-${user}`
    await cluster.kubectl(
      'create',
      'clusterrole',
      role,
      `--verb=${verbs.join(',')}`,
      `--resource=${resources}`,
    )
    await cluster.kubectl('create', 'clusterrolebinding', role, `--clusterrole=${role}`, `--user=${user}`)
  }
})
