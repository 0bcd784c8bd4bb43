import type { V1Pod, V1PodList } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callApi, mergePatch } from './plane/api-client.ts'
import { podOf, startGatedCluster, templateOf, workload } from './plane/gated-cluster.ts'
import type { GatedCluster, PodWanted } from './plane/gated-cluster.ts'
import { until } from './plane/test-node.ts'

const manager = 'longhornio/longhorn-manager'

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('the gate', () => {
  let gate: GatedCluster
  beforeAll(async () => {
    gate = await startGatedCluster()
    await gate.cluster.call({ method: 'POST', path: '/api/v1/nodes', body: node })
    await gate.configure('checks: [open-iscsi, nfs-client, longhorn, my-own]\n')
  })
  afterAll(() => gate?.cluster.stop())

  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'worker-1', labels: { 'kubernetes.io/os': 'linux' } },
  }
  const create = <T>(path: string, body: object) =>
    callApi<T & { message?: string }>(gate.cluster.admin, { method: 'POST', path, body })

  test.each<[string, PodWanted, readonly string[]]>([
    ['one check', { requires: 'open-iscsi' }, ['open-iscsi']],
    ['two checks and blanks', { requires: ' open-iscsi ,nfs-client, ' }, ['open-iscsi', 'nfs-client']],
    ['one a line', { requires: 'open-iscsi,\nnfs-client\n' }, ['open-iscsi', 'nfs-client']],
    ['one twice', { requires: 'open-iscsi,open-iscsi' }, ['open-iscsi']],
    ['an own check', { requires: 'my-own' }, ['my-own']],
    ['nothing', { requires: '' }, []],
    ['none', { requires: 'none', images: [`${manager}:v1`] }, []],
    ['no annotation', {}, []],
    ['a namespace without the label', { requires: 'open-iscsi', namespace: 'free' }, ['open-iscsi']],
    ['a known image there', { images: [manager], namespace: 'free' }, []],
    ['a pod that sets nodeName', { requires: 'open-iscsi', nodeName: 'worker-1' }, []],
    ['a known image on a node that it says itself', { images: [manager], nodeName: 'worker-1' }, []],
    ['a known image', { images: [`${manager}:v1.12.2`] }, ['longhorn']],
    ['a known image beside another', { images: ['busybox', `docker.io/${manager}`] }, ['longhorn']],
    [
      'a mirror of it, by digest',
      { images: [`registry.example:5000/${manager}@sha256:${'a'.repeat(64)}`] },
      ['longhorn'],
    ],
    ['an image that only looks like it', { images: [`other${manager}`, `${manager}-x`] }, []],
    ['what Longhorn itself puts on its node', { images: ['longhornio/longhorn-instance-manager'] }, []],
    ['a known image of a DaemonSet', { images: [manager], madeBy: 'DaemonSet' }, ['longhorn']],
    ['a known image of a Job, like its uninstaller', { images: [manager], madeBy: 'Job' }, []],
    [
      'a known image that says itself what it needs',
      { requires: 'nfs-client', images: [manager] },
      ['nfs-client'],
    ],
  ])('%s', async (_, wanted, checks) => {
    expect(await gate.selectorOf(wanted)).toEqual(selecting(checks))
  })

  test('what the pod selects itself is kept', async () => {
    expect(await gate.selectorOf({ requires: 'open-iscsi', selector: { disk: 'ssd' } })).toEqual({
      disk: 'ssd',
      'hostdeps.dev/open-iscsi': 'ready',
    })
  })

  test('the API server finds nothing wrong with the types in the policies', async () => {
    for (const name of ['hostdeps-gate-names', 'hostdeps-gate-warnings']) {
      const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${name}`
      const checked = () =>
        gate.cluster.call<{ status?: { typeChecking?: { expressionWarnings?: object[] } } }>({ path })
      await until(checked, ({ status }) => status?.typeChecking !== undefined)
      expect((await checked()).status?.typeChecking?.expressionWarnings).toBeUndefined()
    }
  })

  test('the pods of a DaemonSet are gated: no node is in them when they are made', async () => {
    const body = workload('DaemonSet', 'storage', templateOf('open-iscsi'))
    await create('/apis/apps/v1/namespaces/gated/daemonsets', body)
    const pods = async () => {
      const path = '/api/v1/namespaces/gated/pods?labelSelector=app%3Dstorage'
      return (await gate.cluster.call<V1PodList>({ path })).items
    }
    await until(pods, ({ length }) => length === 1)
    const [pod] = await pods()
    expect(pod?.spec?.nodeSelector).toEqual({ 'hostdeps.dev/open-iscsi': 'ready' })
    expect(JSON.stringify(pod?.spec?.affinity)).toContain('worker-1')
  })

  test('a pod is Pending, and the scheduler says why; it is bound when the labels are there', async () => {
    const asked = { requires: ' open-iscsi , nfs-client' }
    const { body } = await create<V1Pod>('/api/v1/namespaces/free/pods', podOf(asked))
    const path = `/api/v1/namespaces/free/pods/${body.metadata?.name}`
    const pod = () => gate.cluster.call<V1Pod>({ path })
    const capacity = { cpu: '2', memory: '4Gi', pods: '9' }
    await gate.cluster.call({
      method: 'PATCH',
      path: '/api/v1/nodes/worker-1/status',
      type: mergePatch,
      body: { status: { capacity, allocatable: capacity } },
    })
    const label = (...labels: string[]) => gate.cluster.kubectl('label', 'node', 'worker-1', ...labels)
    const why = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector"
    const isRefused = ({ status }: V1Pod) => status?.conditions?.[0]?.message?.includes(why) ?? false
    await until(pod, isRefused)
    await label('hostdeps.dev/open-iscsi=ready', 'hostdeps.dev/nfs-client=missing')
    await until(pod, isRefused)
    await label('hostdeps.dev/nfs-client=ready', '--overwrite')
    await until(pod, ({ spec }) => spec?.nodeName === 'worker-1')
  })

  test('a workload whose own check is not published is gated by the checks that it includes', async () => {
    await gate.configure('checks: [open-iscsi, nfs-client]\n')
    expect(await gate.selectorOf({ images: [manager] })).toEqual(selecting(['open-iscsi', 'nfs-client']))
    await gate.configure('checks: [nvme-tcp, open-iscsi]\n')
    expect(await gate.selectorOf({ images: [manager, 'openebs/mayastor-csi-node'] })).toEqual(
      selecting(['open-iscsi', 'nvme-tcp']),
    )
    await gate.configure('checks: [time-sync]\n')
    expect(await gate.selectorOf({ images: [manager] })).toBeUndefined()
  })
})

function selecting(checks: readonly string[]): Record<string, string> | undefined {
  if (checks.length === 0) return undefined
  return Object.fromEntries(checks.map((name) => [`hostdeps.dev/${name}`, 'ready']))
}
