import type { V1Pod } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Crash, Round } from '#agent/model/report.ts'
import { canary, innocents, steady } from './nodes/crash-workloads.ts'
import { hasRealCluster, startRealCluster } from './nodes/real-cluster.ts'
import type { RealCluster } from './nodes/real-cluster.ts'
import { longhornStandIn } from './nodes/story-workloads.ts'
import { until } from './plane/test-node.ts'

/** worker-1 lacks open-iscsi, worker-2 has it; Longhorn's checks are not published. */
describe.skipIf(!hasRealCluster)('on real kubelets the prober', () => {
  let on: RealCluster
  beforeAll(async () => {
    on = await startRealCluster()
    await on.nodes[1].host.apt('install', '--no-install-recommends', 'open-iscsi')
    await on.install()
    await until(
      () => Promise.all(on.nodes.map(({ name }) => on.labelOf(name, 'open-iscsi'))),
      ([one, two]) => one === 'missing' && two === 'ready',
    )
  })
  afterAll(() => on?.stop())

  const podOf = async (app: string, node = 'worker-1') =>
    (await on.pods(`app=${app}`)).find(({ spec }) => spec?.nodeName === node)
  const restartsOf = (pod: V1Pod | undefined) => pod?.status?.containerStatuses?.[0]?.restartCount ?? 0
  /** The round file as the prober has it; of a prober that is being started, nothing. */
  const roundOf = async (node: string): Promise<string> => {
    const agent = await on.agentOn(node)
    const script = "process.stdout.write(require('node:fs').readFileSync('/run/hostdeps/round.json'))"
    return agent === undefined ? '' : on.exec(agent, 'prober', 'node', '-e', script).catch(() => '')
  }
  const crashesOn = async (node: string): Promise<readonly Crash[] | null> => {
    const text = await roundOf(node)
    return text === '' ? null : (JSON.parse(text) as Round).crashes
  }
  const accused = async (node: string) => (await crashesOn(node))?.map(({ pod }) => pod.replace(/-\w+$/, ''))

  test('tells of longhorn-manager soon after its second restart, though longhorn is not published', async () => {
    const pods = '/api/v1/namespaces/default/pods'
    for (const body of [...innocents, steady]) await on.cluster.call({ method: 'POST', path: pods, body })
    const path = '/apis/apps/v1/namespaces/default/daemonsets'
    await on.cluster.call({ method: 'POST', path, body: longhornStandIn('longhorn-manager') })
    await until(
      () => podOf('longhorn-manager'),
      (pod) => restartsOf(pod) >= 2,
    )
    const took = await until(
      () => crashesOn('worker-1'),
      (crashes) => crashes !== null && crashes.length > 0,
    )
    console.log(`from the second restart, as the API server has it, to the round: ${Math.round(took)} ms`)
    const [crash] = (await crashesOn('worker-1')) ?? []
    expect(crash).toMatchObject({
      namespace: 'default',
      pod: (await podOf('longhorn-manager'))?.metadata?.name,
      container: 'manager',
      need: 'binary:iscsiadm',
      fixed: null,
    })
    expect(crash?.checks[0]).toBe('open-iscsi')
    expect(crash?.checks).toContain('longhorn')
  })

  test('accuses no pod that crashes for its own bug, ends well, is killed, or is on the other node', async () => {
    for (const { metadata, spec } of innocents)
      await until(
        () => podOf(metadata.name, spec.nodeName),
        (pod) => restartsOf(pod) >= 3,
      )
    const ends = await Promise.all(
      innocents.map(async ({ metadata, spec }) => {
        const status = (await podOf(metadata.name, spec.nodeName))?.status?.containerStatuses?.[0]
        const ended = status?.lastState?.terminated ?? status?.state?.terminated
        return `${metadata.name} ended with ${ended?.exitCode} (${ended?.reason})`
      }),
    )
    console.log(ends.join('\n'))
    expect(await accused('worker-1')).toEqual(['longhorn-manager'])
    expect(await accused('worker-2')).toEqual([])
  })

  test('writes no byte of a log into its file', async () => {
    const [one, two] = await Promise.all([roundOf('worker-1'), roundOf('worker-2')])
    expect(one).toContain('"crashes":[{')
    expect(two).toContain('"crashes":[]')
    expect([one.includes(canary), two.includes(canary)]).toEqual([false, false])
  })

  test('accuses nobody after a reboot, which raises the restarts of every pod', async () => {
    for (const { metadata } of innocents) {
      const path = `/api/v1/namespaces/default/pods/${metadata.name}`
      await on.cluster.call({ method: 'DELETE', path })
    }
    const restarts = restartsOf(await podOf('steady'))
    await on.nodes[0].reboot()
    await until(
      () => podOf('steady'),
      (pod) => restartsOf(pod) > restarts,
    )
    // It crashes on, so that rounds are made.
    await until(
      () => accused('worker-1'),
      (names) => names?.includes('longhorn-manager') === true,
    )
    expect(await accused('worker-1')).toEqual(['longhorn-manager'])
  })

  test('says since when it is fixed, and nothing more once the pod runs', async () => {
    await on.nodes[0].host.apt('install', '--no-install-recommends', 'open-iscsi')
    const seen: (readonly Crash[])[] = []
    const took = await until(
      async () => {
        const now = await crashesOn('worker-1')
        if (now !== null) seen.push(now)
        return now
      },
      (crashes) => crashes?.length === 0,
    )
    console.log(`from apt's end to no crash in the round: ${Math.round(took)} ms`)
    expect(seen.flat().some(({ fixed }) => fixed !== null)).toBe(true)
    const pod = await podOf('longhorn-manager')
    expect(pod?.status?.containerStatuses?.[0]?.state?.running).toBeDefined()
  })
})
