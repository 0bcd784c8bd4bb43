import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../../agent/model/report.ts'
import { manyChecks } from '../rounds/many-checks.ts'
import { hasRealCluster } from './nodes/real-cluster.ts'
import { config, startSurvivor } from './nodes/survivor.ts'
import type { Survivor } from './nodes/survivor.ts'
import { until } from './plane/test-node.ts'

const long = { timeout: 300_000 }

/** What people write into the ConfigMaps, on a node that lacks open-iscsi. */
describe.skipIf(!hasRealCluster)('on real kubelets the agent takes', () => {
  let it: Survivor
  beforeAll(async () => {
    it = await startSurvivor()
  }, 240_000)
  afterAll(() => it?.on.stop())

  test('a ConfigMap that is changed for the worse, and then for the better', long, async () => {
    const isTold = () =>
      until(
        () => it.ask('/readyz'),
        (said) => said.includes('there is no check nfs-clint'),
        120_000,
      )
    await it.writeConfig(config.replace('nfs-client', 'nfs-clint'))
    await isTold()
    expect(await it.label()).toBe('missing')
    // Started anew with it, both use what is valid of it.
    const { prober = 0, server = 0 } = await it.restarts()
    await it.signal('SIGKILL', 'probe')
    await it.signal('SIGKILL', 'serve')
    await until(it.restarts, (now) => now['prober'] === prober + 1 && now['server'] === server + 1, 120_000)
    await isTold()
    expect([await it.label(), await it.label('overlay')]).toEqual(['missing', 'ready'])
    await it.writeConfig(config.replace('nfs-client', 'vxlan'))
    await until(
      () => it.label('vxlan'),
      (state) => state === 'ready',
      120_000,
    )
    expect(await it.label('nfs-client')).toBeUndefined()
    await it.writeConfig(config)
    await until(
      () => it.label('vxlan'),
      (state) => state === undefined,
      120_000,
    )
  })

  test.each([
    ['is no YAML', 'checks: [open-iscsi\nhttp: {{'],
    ['has a mistake in http', `${config}http: { hots: "::" }`],
    ['names another address', `${config}http: { host: 127.0.0.1, port: 1 }`],
  ])('a ConfigMap that %s: a pod that starts anew is found all the same', long, async (_, text) => {
    await it.writeConfig(text)
    await until(
      () => it.textOf('config/config.yaml'),
      (now) => now === text,
      120_000,
    )
    const old = await it.agent()
    await it.deleteAgent()
    const server = async () => {
      const { metadata, status } = (await it.on.agentOn('worker-1')) ?? {}
      const is = status?.containerStatuses?.find(({ name }) => name === 'server')
      const isNew = metadata?.uid !== old.metadata?.uid
      // Started: as the kubelet's startup probe has found it.
      return { isNew, started: is?.started, restarts: is?.restartCount }
    }
    await until(server, ({ isNew, started }) => isNew && started === true, 120_000)
    expect(await it.ask('/healthz')).toMatch(/^200 /)
    expect((await server()).restarts).toBe(0)
    expect(await it.label()).toBe('missing')
    await it.writeConfig(config)
    await it.isUp()
  })

  test(
    '1,000 own checks: 64 on the Node, the rest served, and no container is short of memory',
    long,
    async () => {
      const checks = manyChecks(1_000)
      const published = Object.keys(checks).slice(0, 64)
      const counts = await it.restarts()
      await it.writeChecks(checks)
      await it.writeConfig(`checks: [${published.join(', ')}]\ninterval: 5s\n`)
      const ours = async () => (await it.said()).labels.filter(([key]) => key.startsWith('hostdeps.dev/own-'))
      // Longhorn's needs are not met here.
      await until(
        ours,
        (labels) => labels.length === 64 && labels.every(([, state]) => state === 'missing'),
        180_000,
      )
      await it.isUp()
      const { checks: served, probing } = JSON.parse((await it.ask('/v1/report')).slice(4)) as Report
      expect(served.filter(({ name }) => name in checks)).toHaveLength(1_000)
      expect(served.find(({ name }) => name === 'own-999')?.findings[0]?.findings?.length).toBeGreaterThan(5)
      expect(probing.cut).toBe(0)
      expect(await it.ask('/ready/own-999')).toMatch(/^503 missing: longhorn: /)
      expect((await it.said()).conditions).toHaveLength(64)
      expect(await it.restarts()).toEqual(counts)
      const [, memory] = /^hostdeps_process_resident_memory_bytes (\d+)/m.exec(await it.ask('/metrics')) ?? []
      console.log(`the server takes ${Math.round(Number(memory) / 1_048_576)} MiB with 1,000 own checks`)
    },
  )
})
