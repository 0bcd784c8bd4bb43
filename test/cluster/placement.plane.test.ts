import type { V1DaemonSet, V1Node, V1Pod, V1PodList } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { strategicPatch } from './plane/api-client.ts'
import { startControlPlane } from './plane/control-plane.ts'
import type { ControlPlane } from './plane/control-plane.ts'
import { makeFakeNodes } from './plane/fake-nodes.ts'
import type { FakeNode } from './plane/fake-nodes.ts'
import { until } from './plane/test-node.ts'

const manifests = new URL('../../manifests', import.meta.url).pathname
const pods = '/api/v1/namespaces/hostdeps/pods'

const taint = (key: string, effect: string) => ({ key, effect })

const everyPressure = {
  MemoryPressure: 'True',
  DiskPressure: 'True',
  PIDPressure: 'True',
  NetworkUnavailable: 'True',
} as const

/** Nodes that have a host to be asked, whatever is said of them. */
const hosts: Readonly<Record<string, FakeNode>> = {
  ...Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`plain-${index + 1}`, {}])),
  'control-plane': { spec: { taints: [taint('node-role.kubernetes.io/control-plane', 'NoSchedule')] } },
  cordoned: { spec: { unschedulable: true } },
  unwell: { conditions: { Ready: 'False', ...everyPressure } },
  tainted: {
    spec: {
      taints: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'].map((effect) => ({
        ...taint('example.com/own', effect),
        value: 'x',
      })),
    },
  },
}

/** Nodes of which nothing can be asked. */
const others: Readonly<Record<string, FakeNode>> = {
  windows: { labels: { 'kubernetes.io/os': 'windows' } },
  virtual: { labels: { type: 'virtual-kubelet' } },
  fargate: { labels: { 'eks.amazonaws.com/compute-type': 'fargate' } },
}

/** By the real controllers and the real scheduler; there are no kubelets. */
describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('the pods of the DaemonSet', () => {
  let cluster: ControlPlane
  let stopBeating = async () => {}
  beforeAll(async () => {
    cluster = await startControlPlane()
    stopBeating = await makeFakeNodes(cluster, { ...hosts, ...others })
    await until(taintsOfUnwell, (keys) =>
      ['not-ready:NoExecute', 'disk-pressure:NoSchedule'].every((key) => keys.includes(key)),
    )
    await cluster.kubectl('apply', '-k', manifests)
  })
  afterAll(async () => {
    await stopBeating()
    await cluster?.stop()
  })

  const taintsOfUnwell = async () => {
    const { spec } = await cluster.call<V1Node>({ path: '/api/v1/nodes/unwell' })
    return (spec?.taints ?? []).map(({ key, effect }) => `${key.split('/')[1]}:${effect}`)
  }
  const list = async () => (await cluster.call<V1PodList>({ path: pods })).items
  const nodesOf = (all: readonly V1Pod[]) => all.map(({ spec }) => spec?.nodeName ?? 'none').toSorted()
  const isEnding = ({ metadata }: V1Pod) => metadata?.deletionTimestamp !== undefined
  const isReady = ({ status }: V1Pod) =>
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true
  /** At once, as when their kubelets have ended them. */
  const remove = async (some: readonly V1Pod[]) => {
    for (const { metadata } of some)
      await cluster.call({ method: 'DELETE', path: `${pods}/${metadata?.name}?gracePeriodSeconds=0` })
  }
  const makeReady = async (all: readonly V1Pod[]) => {
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
    for (const { metadata } of all) {
      const path = `${pods}/${metadata?.name}/status`
      await cluster.call({ method: 'PATCH', path, type: strategicPatch, body: { status } })
    }
  }

  test('are on every Linux node with a real kubelet, whatever its taints, and on no other', async () => {
    await until(list, (all) => all.filter(({ spec }) => spec?.nodeName).length >= Object.keys(hosts).length)
    const all = await list()
    expect(nodesOf(all)).toEqual(Object.keys(hosts).toSorted())
    // By what the controller wants where, also before a scheduler binds it: there is none for the others.
    expect(JSON.stringify(all)).not.toMatch(/"values":\["(windows|virtual|fargate)"\]/)
    const path = '/apis/apps/v1/namespaces/hostdeps/daemonsets/hostdeps'
    const wanted = async () => (await cluster.call<V1DaemonSet>({ path })).status?.desiredNumberScheduled ?? 0
    // It is counted after the pods are made.
    await until(wanted, (count) => count > 0)
    expect(await wanted()).toBe(Object.keys(hosts).length)
  })

  test('have a priority that nothing else on a node can preempt', async () => {
    for (const { spec } of await list()) expect(spec?.priorityClassName).toBe('system-node-critical')
  })

  test('are replaced by tenths: of twenty, two at a time', async () => {
    // Its pod would never be available; and without its Node nothing makes it anew.
    await cluster.kubectl('delete', 'node', 'unwell')
    await remove((await list()).filter(({ spec }) => spec?.nodeName === 'unwell'))
    await until(list, (all) => all.length === 20)
    await makeReady(await list())
    await cluster.kubectl('rollout', 'restart', '-n', 'hostdeps', 'daemonset/hostdeps')
    await until(list, (all) => all.filter(isEnding).length >= 2)
    const first = (await list()).filter(isEnding)
    expect(first).toHaveLength(2)
    // The controller makes two anew, and ends no other before these are ready.
    await remove(first)
    await until(list, (all) => all.filter((pod) => !isReady(pod)).length === 2 && all.length === 20)
    expect((await list()).filter(isEnding)).toEqual([])
    await makeReady((await list()).filter((pod) => !isReady(pod)))
    await until(list, (all) => all.filter(isEnding).length >= 2)
    expect((await list()).filter(isEnding)).toHaveLength(2)
  })
})
