import type { EventsV1EventList, V1Node, V1Pod, V1Service } from '@kubernetes/client-node'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Crash, Round } from '#agent/model/report.ts'
import { canary, innocents, steady } from './nodes/crash-workloads.ts'
import { stopAtFirstFailure } from './nodes/first-failure.ts'
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
  stopAtFirstFailure()
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
  /** The Service, as it is asked on worker-1. */
  let service = ''
  const ask = async (path: string): Promise<string> => {
    if (service === '') {
      const object = { path: '/api/v1/namespaces/hostdeps/services/hostdeps' }
      service = (await on.cluster.call<V1Service>(object)).spec?.clusterIP ?? ''
    }
    const argv = [
      'netns',
      'exec',
      on.nodes[0].host.name,
      'curl',
      '-s',
      '-m',
      '10',
      `http://${service}:9465${path}`,
    ]
    return (await execa('ip', argv, { reject: false })).stdout
  }
  const says = (path: string, words: RegExp) =>
    until(
      () => ask(path),
      (text) => words.test(text),
    )
  const crashEvents = async () => {
    const path = '/apis/events.k8s.io/v1/namespaces/default/events?fieldSelector=reason%3DHostDependencyCrash'
    return (await on.cluster.call<EventsV1EventList>({ path })).items
  }
  const annotation = async () => {
    const { metadata } = await on.cluster.call<V1Node>({ path: '/api/v1/nodes/worker-1' })
    return metadata?.annotations?.['hostdeps.dev/report'] ?? ''
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

  test('and the Node, the page and the metrics say so, without the pod for whoever may not see pods', async () => {
    const took = await until(
      () => crashEvents(),
      (events) => events.length > 0,
    )
    console.log(`from the round to the event on the Node: ${Math.round(took)} ms`)
    const [event] = await crashEvents()
    const pod = (await podOf('longhorn-manager'))?.metadata?.name
    expect(event).toMatchObject({ type: 'Warning', regarding: { kind: 'Node', name: 'worker-1' } })
    expect(event?.note).toContain(
      `default/${pod} crash-loops: iscsiadm is not on the host's PATH (open-iscsi, `,
    )
    expect(event?.note).toMatch(/Fix: .*apt-get.* install .*open-iscsi/)
    await says('/', /^CRASHING 1 container crashes here because iscsiadm/m)
    await says('/metrics', /^hostdeps_crashing_containers\{check="open-iscsi"\} 1$/m)
    await says('/v1/report', /"containers": 1/)
    for (const path of ['/', '/v1/report', '/metrics']) expect(await ask(path)).not.toContain(`${pod}`)
    expect(await annotation()).toMatch(/"check":"open-iscsi","state":"missing"[^{]*(\{[^{]*)*"crashes":1/)
  })

  test('also while the API server is away', async () => {
    await ask('/')
    await on.cluster.stopApiServer()
    try {
      await says('/', /^CRASHING 1 container crashes here because iscsiadm/m)
    } finally {
      await on.cluster.startApiServer()
    }
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
    const { host } = on.nodes[0]
    // Before its end apt has the program in place, and the pod may start before a round has said so: not without its kubelet.
    const file = `/var/lib/kubelet/pods/${(await on.agentOn('worker-1'))?.metadata?.uid}/volumes/kubernetes.io~empty-dir/round/round.json`
    await host.exec(['systemctl', 'stop', 'kubelet'])
    await host.apt('install', '--no-install-recommends', 'open-iscsi')
    const told = await until(
      async () => (JSON.parse((await host.exec(['cat', file])).stdout) as Round).crashes,
      (crashes) => crashes?.[0] !== undefined && crashes[0].fixed !== null,
    )
    await host.exec(['systemctl', 'start', 'kubelet'])
    const took = await until(
      () => crashesOn('worker-1'),
      (now) => now?.length === 0,
    )
    console.log(
      `from apt's end to the fix in the round: ${Math.round(told)} ms; from the kubelet's start to no crash in it: ${Math.round(took)} ms`,
    )
    const pod = await podOf('longhorn-manager')
    expect(pod?.status?.containerStatuses?.[0]?.state?.running).toBeDefined()
    await until(
      () => ask('/'),
      (text) => text.startsWith('hostdeps on') && !text.includes('CRASHING'),
    )
    await until(
      () => ask('/metrics'),
      (text) => text.includes('hostdeps_check_state') && !/^hostdeps_crashing_containers\{/m.test(text),
    )
    await until(annotation, (text) => !text.includes('"crashes"'))
  })
})
