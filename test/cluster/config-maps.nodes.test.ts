import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '#agent/model/report.ts'
import { manyChecks } from '../rounds/many-checks.ts'
import { hasRealCluster } from './nodes/real-cluster.ts'
import { config, startSurvivor } from './nodes/survivor.ts'
import type { Survivor } from './nodes/survivor.ts'
import { until } from './plane/test-node.ts'

/** What people write into the ConfigMaps, on a node that lacks open-iscsi. */
describe.skipIf(!hasRealCluster)('on real kubelets the agent takes', () => {
  let node: Survivor
  beforeAll(async () => {
    node = await startSurvivor()
  })
  afterAll(() => node?.on.stop())

  test('a ConfigMap that becomes invalid, and then valid again', async () => {
    const isWanted = () =>
      until(
        () => node.ask('/readyz'),
        (said) => said.includes('there is no check nfs-clint'),
      )
    await node.writeConfig(config.replace('nfs-client', 'nfs-clint'))
    await isWanted()
    expect(await node.label()).toBe('missing')
    // Started anew with it, both use what is valid of it.
    const { prober = 0, server = 0 } = await node.restarts()
    await node.signal('SIGKILL', 'probe')
    await node.signal('SIGKILL', 'serve')
    await until(node.restarts, (now) => (now['prober'] ?? 0) > prober && (now['server'] ?? 0) > server)
    await isWanted()
    expect([await node.label(), await node.label('overlay')]).toEqual(['missing', 'ready'])
    await node.writeConfig(config.replace('nfs-client', 'vxlan'))
    await until(
      () => node.label('vxlan'),
      (state) => state === 'ready',
    )
    expect(await node.label('nfs-client')).toBeUndefined()
    await node.writeConfig(config)
    await until(
      () => node.label('vxlan'),
      (state) => state === undefined,
    )
  })

  test.each([
    ['is no YAML', 'checks: [open-iscsi\nhttp: {{'],
    ['has a mistake in http', `${config}http: { hots: "::" }`],
    ['names another address', `${config}http: { host: 127.0.0.1, port: 1 }`],
  ])('a ConfigMap that %s: a pod that starts anew is found all the same', async (_, text) => {
    await node.writeConfig(text)
    await until(
      () => node.textOf('config/config.yaml'),
      (now) => now === text,
    )
    const old = await node.agent()
    await node.deleteAgent()
    const server = async () => {
      const { metadata, status } = (await node.on.agentOn('worker-1')) ?? {}
      const is = status?.containerStatuses?.find(({ name }) => name === 'server')
      const isNew = metadata?.uid !== old.metadata?.uid
      // Started: as the kubelet's startup probe has found it.
      return { isNew, started: is?.started, restarts: is?.restartCount }
    }
    await until(server, ({ isNew, started }) => isNew && started === true)
    expect(await node.ask('/healthz')).toMatch(/^200 /)
    expect((await server()).restarts).toBe(0)
    expect(await node.label()).toBe('missing')
    await node.writeConfig(config)
    await node.isUp()
  })

  test('1,000 custom checks: 64 on the Node, the rest served, and no container is short of memory', async () => {
    const checks = manyChecks(1_000)
    const published = Object.keys(checks).slice(0, 64)
    const counts = await node.restarts()
    await node.writeChecks(checks)
    await node.writeConfig(`checks: [${published.join(', ')}]\ninterval: 5s\n`)
    const ours = async () => (await node.said()).labels.filter(([key]) => key.startsWith('hostdeps.dev/own-'))
    // Longhorn's needs are not met here.
    await until(ours, (labels) => labels.length === 64 && labels.every(([, state]) => state === 'missing'))
    await node.isUp()
    const { checks: served, probing } = JSON.parse((await node.ask('/v1/report')).slice(4)) as Report
    expect(served.filter(({ name }) => name in checks)).toHaveLength(1_000)
    expect(served.find(({ name }) => name === 'own-999')?.findings[0]?.findings?.length).toBeGreaterThan(5)
    expect(probing.cut).toBe(0)
    expect(await node.ask('/ready/own-999')).toMatch(/^503 missing: longhorn: /)
    expect((await node.said()).conditions).toHaveLength(64)
    expect(await node.restarts()).toEqual(counts)
    const [, memory] = /^process_resident_memory_bytes (\d+)/m.exec(await node.ask('/metrics')) ?? []
    console.log(`the server takes ${Math.round(Number(memory) / 1_048_576)} MiB with 1,000 own checks`)
  })
})
