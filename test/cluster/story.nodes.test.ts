import type { V1Pod } from '@kubernetes/client-node'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callApi, mergePatch } from './plane/api-client.ts'
import { hasRealCluster, startRealCluster } from './nodes/real-cluster.ts'
import type { RealCluster } from './nodes/real-cluster.ts'
import {
  longhornStandIn,
  managerImage,
  nameAsManager,
  onReadyNodes,
  placedPod,
  waitingPod,
} from './nodes/story-workloads.ts'
import { until } from './plane/test-node.ts'

const gate = new URL('../../manifests/overlays/gate', import.meta.url).pathname
const main = new URL('../../agent/main.ts', import.meta.url).pathname

/** From the crash to Running: worker-1 lacks open-iscsi, worker-2 has it. */
describe.skipIf(!hasRealCluster)('the story of Longhorn and open-iscsi', () => {
  let on: RealCluster
  let installed = 0
  beforeAll(async () => {
    on = await startRealCluster()
    await on.nodes[1].host.apt('install', '--no-install-recommends', 'open-iscsi')
    await on.install()
    await on.cluster.kubectl('apply', '-k', gate)
    await on.cluster.kubectl('label', 'namespace', 'default', 'hostdeps.dev/gate=enabled')
    installed = performance.now()
  })
  afterAll(() => on?.stop())

  const labels = () => Promise.all(on.nodes.map(({ name }) => on.labelOf(name, 'open-iscsi')))
  const apply = (body: object) => on.cluster.call({ method: 'POST', path: pathOf(body), body })
  const podOf = async (app: string, node: string) =>
    (await on.pods(`app=${app}`)).find(({ spec }) => spec?.nodeName === node)
  const unplaced = async (app: string) =>
    (await on.pods(`app=${app}`)).find(({ spec }) => spec?.nodeName === undefined)
  const isKeptOff = (pod: V1Pod | undefined) =>
    pod?.status?.conditions?.[0]?.message?.includes("didn't match Pod's node affinity/selector") ?? false
  const restartsOf = (pod: V1Pod | undefined) => pod?.status?.containerStatuses?.[0]?.restartCount ?? 0
  const isRunning = (pod: V1Pod | undefined) =>
    pod?.status?.phase === 'Running' && pod.status.containerStatuses?.[0]?.ready === true

  test('both nodes say what they are missing', async () => {
    await until(labels, ([one, two]) => one === 'missing' && two === 'ready')
    console.log(`both nodes are labelled ${Math.round(performance.now() - installed)} ms after kubectl apply`)
    console.log(await on.cluster.kubectl('get', 'nodes', '-L', 'hostdeps.dev/open-iscsi'))
  })

  test("without a gate the pod crash-loops on the node that lacks it, with Longhorn's own words", async () => {
    await apply(longhornStandIn('longhorn-manager'))
    await until(() => podOf('longhorn-manager', 'worker-2'), isRunning)
    await until(
      () => podOf('longhorn-manager', 'worker-1'),
      (pod) => restartsOf(pod) >= 1,
    )
    const pod = await podOf('longhorn-manager', 'worker-1')
    // The kubelet has the log of the attempt before for a moment only, between two restarts.
    await until(
      () => on.cluster.kubectl('logs', pod?.metadata?.name ?? '', '--previous').catch(String),
      (log) => log.includes('nsenter: failed to execute iscsiadm: No such file or directory'),
    )
  })

  test('a Deployment that wants the label lands only on the ready node', async () => {
    await apply(onReadyNodes('database', 2))
    await until(
      () => on.pods('app=database'),
      (pods) => pods.length === 2 && pods.every(isRunning),
    )
    expect((await on.pods('app=database')).map(({ spec }) => spec?.nodeName)).toEqual([
      'worker-2',
      'worker-2',
    ])
  })

  test('with the annotation of the gate the same DaemonSet is Pending there, and does not crash', async () => {
    await apply(longhornStandIn('gated', { requires: 'open-iscsi' }))
    await until(() => podOf('gated', 'worker-2'), isRunning)
    await until(() => unplaced('gated'), isKeptOff)
    expect(await podOf('gated', 'worker-1')).toBeUndefined()
  })

  test('also without it when its image is known, by the published checks of that workload', async () => {
    for (const { host } of on.nodes) expect((await nameAsManager(host)).exitCode).toBe(0)
    // The kernel of these nodes has no NFS client.
    const config = "checks: [kubernetes-node, time-sync, open-iscsi]\nhttp: { host: '::', port: 9465 }\n"
    const path = '/api/v1/namespaces/hostdeps/configmaps/hostdeps'
    const body = { data: { 'config.yaml': config } }
    await on.cluster.call({ method: 'PATCH', path, type: mergePatch, body })
    // The API server learns of it a moment later.
    const asking = longhornStandIn('asking', { requires: 'nfs-client' })
    const dryRun = { method: 'POST', path: `${pathOf(asking)}?dryRun=All`, body: asking }
    await until(
      () => callApi(on.cluster.admin, dryRun),
      ({ status }) => status === 422,
    )
    await apply(longhornStandIn('known', { image: managerImage }))
    await until(() => podOf('known', 'worker-2'), isRunning)
    await until(() => unplaced('known'), isKeptOff)
    expect(await podOf('known', 'worker-1')).toBeUndefined()
  })

  test.each([
    { what: 'a known image', name: 'placed' },
    { what: 'the annotation', name: 'placed-and-asking', requires: 'open-iscsi' },
  ])('a pod that sets nodeName is left alone, with $what: the kubelet would end it', async (wanted) => {
    await apply(placedPod('worker-1', wanted))
    const placed = () => podOf(wanted.name, 'worker-1')
    await until(placed, (pod) => ![undefined, 'Pending'].includes(pod?.status?.phase))
    const { phase, reason } = (await placed())?.status ?? {}
    expect([phase, reason]).toEqual(['Running', undefined])
  })

  test('a pod whose initContainer asks the agent of its node waits in Init', async () => {
    const { spec } = await on.cluster.call<{ spec: { clusterIP: string } }>({
      path: '/api/v1/namespaces/hostdeps/services/hostdeps',
    })
    await apply(waitingPod('waiting', 'worker-1', spec.clusterIP))
    await until(
      () => podOf('waiting', 'worker-1'),
      (pod) => pod?.status?.initContainerStatuses?.[0]?.state?.running !== undefined,
    )
    const log = () => on.cluster.kubectl('logs', 'waiting', '-c', 'wait')
    await until(log, (said) => said.includes("open-iscsi is missing: iscsiadm is not on the host's PATH"))
    expect(await log()).toContain('apt-get install -y open-iscsi')
    expect((await podOf('waiting', 'worker-1'))?.status?.phase).toBe('Pending')
  })

  test('after apt-get install the label turns, and all of them run', async () => {
    await on.nodes[0].host.apt('install', '--no-install-recommends', 'open-iscsi')
    const took = await until(labels, ([one]) => one === 'ready')
    console.log(`from apt's end to the label: ${Math.round(took)} ms`)
    await until(() => podOf('waiting', 'worker-1'), isRunning)
    for (const app of ['gated', 'known']) {
      await until(() => podOf(app, 'worker-1'), isRunning)
      expect([app, restartsOf(await podOf(app, 'worker-1'))]).toEqual([app, 0])
    }
    const crashed = await podOf('longhorn-manager', 'worker-1')
    await on.cluster.kubectl('delete', 'pod', crashed?.metadata?.name ?? '')
    await until(() => podOf('longhorn-manager', 'worker-1'), isRunning)
    const described = await on.cluster.kubectl('describe', 'node', 'worker-1')
    expect(described).toMatch(/hostdeps\.dev\/OpenIscsiReady\s+True/)
    expect(described).toMatch(/Warning\s+BinaryNotFound.*open-iscsi: iscsiadm is not/)
  })

  test('delete and prune leave nothing behind', async () => {
    await on.cluster.kubectl('delete', '-k', gate)
    // Agents may be ending yet when prune begins.
    await on.cluster.kubectl('delete', '-f', await on.render(), '--wait=false')
    const env = { KUBECONFIG: on.cluster.kubeConfig(on.cluster.admin.token) }
    const { stdout } = await execa(process.execPath, [main, 'prune'], { env })
    expect(stdout).toContain('2 of 2 Nodes pruned')
    const left = await on.cluster.kubectl('get', 'nodes,events', '-n', 'default', '-o', 'json')
    expect(left).not.toContain('hostdeps.dev/')
    await on.cluster.kubectl('wait', '--for=delete', 'namespace/hostdeps', '--timeout=300s')
    const kinds =
      'mutatingadmissionpolicies,mutatingadmissionpolicybindings,validatingadmissionpolicies,validatingadmissionpolicybindings,clusterroles,clusterrolebindings'
    expect(await on.cluster.kubectl('get', `${kinds},namespaces`, '-o', 'name')).not.toContain('hostdeps')
  })
})

function pathOf(body: object): string {
  const { kind } = body as { kind: string }
  return kind === 'Pod'
    ? '/api/v1/namespaces/default/pods'
    : `/apis/apps/v1/namespaces/default/${kind.toLowerCase()}s`
}
