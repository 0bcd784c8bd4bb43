import { setTimeout as sleep } from 'node:timers/promises'
import type { V1Node, V1Pod, V1Service } from '@kubernetes/client-node'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mergePatch } from './api-client.ts'
import { hasRealCluster, startRealCluster } from './real-cluster.ts'
import type { RealCluster } from './real-cluster.ts'
import { until } from './test-node.ts'

const long = { timeout: 180_000 }

/** What happens to nodes, agents and what people write, on a node that lacks open-iscsi. */
describe.skipIf(!hasRealCluster)('on real kubelets the agent survives', () => {
  let on: RealCluster
  let service = ''
  beforeAll(async () => {
    on = await startRealCluster()
    await on.install()
    await writeConfig(config)
    await until(label, (state) => state === 'missing', 60_000)
    const { spec } = await on.cluster.call<V1Service>({
      path: '/api/v1/namespaces/hostdeps/services/hostdeps',
    })
    service = `http://${spec?.clusterIP}:9465`
    await until(
      () => ask('/readyz'),
      (said) => said.startsWith('200'),
      90_000,
    )
  }, 180_000)
  afterAll(() => on?.stop())

  const config = 'checks: [open-iscsi, nfs-client, cryptsetup]\ninterval: 5s\nunknownAfter: 1s\n'
  const writeConfig = (text: string) =>
    on.cluster.call({
      method: 'PATCH',
      path: '/api/v1/namespaces/hostdeps/configmaps/hostdeps',
      type: mergePatch,
      body: { data: { 'config.yaml': text } },
    })
  const label = () => on.labelOf('worker-1', 'open-iscsi')
  const node = () => on.cluster.call<V1Node>({ path: '/api/v1/nodes/worker-1' })
  const condition = async () =>
    (await node()).status?.conditions?.find(({ type }) => type === 'hostdeps.dev/OpenIscsiReady')
  /** What was applied last, and when. */
  const applied = async () =>
    (await node()).metadata?.managedFields?.find(({ manager }) => manager === 'hostdeps')
  const pathOf = ({ metadata }: V1Pod) => `/api/v1/namespaces/hostdeps/pods/${metadata?.name}`
  const agent = async (): Promise<V1Pod> => {
    const pod = await on.agentOn('worker-1')
    if (pod === undefined) throw new Error('worker-1 has no agent')
    return pod
  }
  const restarts = async () => {
    const { status } = await agent()
    return Object.fromEntries((status?.containerStatuses ?? []).map((one) => [one.name, one.restartCount]))
  }
  /** The Service, as it is asked on the node itself: status and text. */
  const ask = async (path: string) => {
    const argv = ['-s', '-m', '5', '-o', '-', '-w', '\n%{http_code}', `${service}${path}`]
    const { stdout } = await execa('ip', ['netns', 'exec', on.nodes[0].host.name, 'curl', ...argv], {
      reject: false,
    })
    const [, text = '', status = ''] = /^(.*)\n(\d+)$/s.exec(stdout) ?? []
    return `${status} ${text}`
  }
  const isUp = () =>
    until(
      () => ask('/readyz'),
      (said) => said.startsWith('200'),
      90_000,
    )
  /** The pids of a container's Node.js, as the node sees them. */
  const pidsOf = async (command: 'probe' | 'serve') => {
    const { stdout } = await on.nodes[0].host.exec(['pgrep', '-f', `^(\\S*/)?node \\S*hostdeps ${command} `])
    return stdout.split('\n').filter(Boolean)
  }
  const kill = async (signal: string, command: 'probe' | 'serve') => {
    const pids = await pidsOf(command)
    expect(pids.length).toBeGreaterThan(0)
    await on.nodes[0].host.exec(['kill', `-${signal}`, ...pids])
  }

  test('a restart of the kubelet: nothing is written, no container starts again', long, async () => {
    const [before, counts] = [await applied(), await restarts()]
    await on.nodes[0].host.exec(['systemctl', 'restart', 'kubelet'])
    await sleep(15_000)
    expect(await applied()).toEqual(before)
    expect(await restarts()).toEqual(counts)
    await isUp()
  })

  test('a server that is killed goes on from what the Node says', long, async () => {
    const [before, was, { server = 0 }] = [await applied(), await condition(), await restarts()]
    await kill('KILL', 'serve')
    await until(restarts, (now) => now['server'] === server + 1, 60_000)
    await isUp()
    expect(await applied()).toEqual(before)
    expect(await condition()).toEqual(was)
  })

  test('a prober that is killed starts again, and its rounds come on', long, async () => {
    const { prober = 0 } = await restarts()
    await kill('KILL', 'probe')
    await until(restarts, (now) => now['prober'] === prober + 1, 60_000)
    await isUp()
    expect(await label()).toBe('missing')
  })

  test('a prober that stands still: unknown, and the Service says why all the while', long, async () => {
    await kill('STOP', 'probe')
    await until(
      () => ask('/readyz'),
      (said) => said.startsWith('503'),
      60_000,
    )
    const isReady = async () => {
      const { status } = await agent()
      return status?.conditions?.find(({ type }) => type === 'Ready')?.status
    }
    await until(label, (state) => state === 'unknown', 60_000)
    await until(isReady, (ready) => ready === 'False', 60_000)
    // With the pod not ready for longer than kube-proxy takes to hear of it.
    for (let turn = 0; turn < 10; turn++) {
      const said = await ask('/ready/open-iscsi')
      expect(said).toMatch(/^503 /)
      expect(said).toContain('the prober has stopped')
      await sleep(500)
    }
    expect(await condition()).toMatchObject({ status: 'Unknown', reason: 'RoundStale' })
    await kill('CONT', 'probe')
    await until(label, (state) => state === 'missing', 60_000)
    await isUp()
  })

  test('an API server that is away: the Service answers, and what changed comes after', long, async () => {
    const counts = await restarts()
    await on.cluster.stopApiServer()
    try {
      await on.nodes[0].host.apt('install', '--no-install-recommends', 'cryptsetup-bin')
      await until(
        () => ask('/ready/cryptsetup'),
        (said) => said.startsWith('200'),
        30_000,
      )
      expect(await ask('/ready/open-iscsi')).toContain('503 missing')
    } finally {
      await on.cluster.startApiServer()
    }
    await until(
      () => on.labelOf('worker-1', 'cryptsetup'),
      (state) => state === 'ready',
      90_000,
    )
    await isUp()
    expect(await restarts()).toEqual(counts)
  })

  test('a ConfigMap that is changed for the worse, and then for the better', long, async () => {
    await writeConfig(config.replace('nfs-client', 'nfs-clint'))
    await until(
      () => ask('/readyz'),
      (said) => said.includes('there is no check nfs-clint'),
      120_000,
    )
    expect(await label()).toBe('missing')
    // Started anew with it, both use what is valid of it.
    const { prober = 0, server = 0 } = await restarts()
    await kill('KILL', 'probe')
    await kill('KILL', 'serve')
    await until(restarts, (now) => now['prober'] === prober + 1 && now['server'] === server + 1, 120_000)
    await until(
      () => ask('/readyz'),
      (said) => said.includes('there is no check nfs-clint'),
      120_000,
    )
    expect([await label(), await on.labelOf('worker-1', 'cryptsetup')]).not.toContain(undefined)
    expect(await label()).toBe('missing')
    await writeConfig(config.replace('nfs-client', 'overlay'))
    await until(
      () => on.labelOf('worker-1', 'overlay'),
      (state) => state === 'ready',
      120_000,
    )
    expect(await on.labelOf('worker-1', 'nfs-client')).toBeUndefined()
    await writeConfig(config)
    await until(
      () => on.labelOf('worker-1', 'overlay'),
      (state) => state === undefined,
      120_000,
    )
  })

  test.each([
    ['is no YAML', 'checks: [open-iscsi\nhttp: {{\n'],
    ['has a mistake in http', `${config}http: { hots: "::" }\n`],
    ['names another address', `${config}http: { host: 127.0.0.1, port: 1 }\n`],
  ])('a ConfigMap that %s: a pod that starts anew is found all the same', long, async (_, text) => {
    await writeConfig(text)
    const read = "console.log(require('node:fs').readFileSync('/etc/hostdeps/config/config.yaml', 'utf8'))"
    await until(
      async () => on.exec(await agent(), 'server', 'node', '-e', read),
      (said) => said.trim() === text.trim(),
      120_000,
    )
    const old = await agent()
    await on.cluster.call({ method: 'DELETE', path: pathOf(old) })
    const server = async () => {
      const { metadata, status } = (await on.agentOn('worker-1')) ?? {}
      const [is] = status?.containerStatuses?.filter(({ name }) => name === 'server') ?? []
      const isNew = metadata?.uid !== old.metadata?.uid
      // Started: as the kubelet's startup probe has found it.
      return { isNew, started: is?.started, restarts: is?.restartCount }
    }
    await until(server, ({ isNew, started }) => isNew && started === true, 90_000)
    expect(await ask('/healthz')).toMatch(/^200 /)
    expect((await server()).restarts).toBe(0)
    expect(await label()).toBe('missing')
    await writeConfig(config)
    await isUp()
  })

  test('a full emptyDir: unknown, and by itself well again', long, async () => {
    const fill = `const {writeSync,openSync}=require('node:fs');const f=openSync('/run/hostdeps/full','w');
      try { for(;;) writeSync(f, Buffer.alloc(65536)) } catch (error) { console.log(error.code) }`
    expect(await on.exec(await agent(), 'prober', 'node', '-e', fill)).toContain('ENOSPC')
    await until(
      () => ask('/readyz'),
      (said) => said.startsWith('503'),
      60_000,
    )
    await on.exec(await agent(), 'prober', 'node', '-e', "require('node:fs').rmSync('/run/hostdeps/full')")
    await isUp()
    await until(label, (state) => state === 'missing', 60_000)
  })

  test('a reboot of the node: the same pod is there again and says the same', long, async () => {
    const [{ metadata }, was] = [await agent(), await condition()]
    await on.nodes[0].reboot()
    await until(restarts, (now) => (now['server'] ?? 0) > 0, 120_000)
    await isUp()
    expect((await agent()).metadata?.uid).toBe(metadata?.uid)
    await until(label, (state) => state === 'missing', 60_000)
    expect((await condition())?.lastTransitionTime).toEqual(was?.lastTransitionTime)
  })
})
