import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '#agent/model/report.ts'
import { bundle } from '../../build.ts'
import { manyChecks } from '../rounds/many-checks.ts'
import { untilStatus } from '../hosts/cli.ts'
import { imageHeap } from '../setup/image-heap.ts'
import { startAgent } from './plane/agents.ts'
import type { Agent, AgentOptions } from './plane/agents.ts'
import { startControlPlane } from './plane/control-plane.ts'
import type { ControlPlane } from './plane/control-plane.ts'
import { makeFlags } from './plane/flag-check.ts'
import type { Flags } from './plane/flag-check.ts'
import { configOf, flag } from './plane/flagged-node.ts'
import { serverAccess } from './plane/service-account.ts'
import { makeNode, until } from './plane/test-node.ts'
import type { TestNode } from './plane/test-node.ts'

/** By Debian's name of the architecture. */
const multiarch = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as 'x64' | 'arm64']
const preload = `/usr/lib/${multiarch}/faketime/libfaketime.so.1`

/** What is scarce or wrong on the node itself: the two halves as processes, since the clock and the limits are the machine's. */
describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('hard times on a node', () => {
  let cluster: ControlPlane
  let node: TestNode
  let flags: Flags
  let agent: Agent | null = null
  const folder = mkdtempSync(join(tmpdir(), `hostdeps-times-${process.pid}-`))
  beforeAll(async () => {
    await bundle(join(folder, 'dist'))
    cluster = await startControlPlane()
    node = await makeNode(cluster, 'worker-1')
    flags = makeFlags()
  })
  afterEach(async () => {
    await agent?.stop()
    agent = null
  })
  afterAll(async () => {
    await node?.stop()
    await cluster?.stop()
    flags?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  /** As the image has them: the bundle, with its small heap. */
  const start = async (options: Partial<AgentOptions>) => {
    const kubeConfig = await serverAccess(cluster, `https://${cluster.admin.host}:${cluster.admin.port}`)
    const heap = { NODE_OPTIONS: imageHeap() }
    agent = await startAgent({
      node: node.name,
      kubeConfig,
      main: join(folder, 'dist/agent/main.js'),
      config: configOf('flag'),
      checks: { flag: flags.check('flag') },
      ...options,
      prober: { ...options.prober, env: { ...options.prober?.env, ...heap } },
      server: { ...options.server, env: { ...options.server?.env, ...heap } },
    })
    return agent
  }
  const labelIs = (state: string) =>
    until(
      () => node.label(flag),
      (now) => now === state,
    )
  const condition = () => node.condition('hostdeps.dev/FlagReady')

  test('a clock that is set back by half an hour', async () => {
    const offset = join(folder, 'offset')
    writeFileSync(offset, '+0')
    const env = {
      LD_PRELOAD: preload,
      FAKETIME_TIMESTAMP_FILE: offset,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_NO_CACHE: '1',
    }
    flags.set('flag')
    const { url } = await start({ prober: { env }, server: { env } })
    await labelIs('ready')
    writeFileSync(offset, '-30m')
    const at = async () => Date.parse((await reportOf(url)).at)
    // The instrument works: rounds are of half an hour ago, and come on.
    await until(at, (time) => time < Date.now() - 1_790_000)
    await sleep(6_000)
    // Were its rounds not believed, they would be so for half an hour.
    await untilStatus(`${url}/readyz`, 200)
    await labelIs('ready')
    flags.clear('flag')
    await labelIs('missing')
    flags.set('flag')
    await labelIs('ready')
    expect(await condition()).toMatchObject({ status: 'True' })
    writeFileSync(offset, '+0')
    await until(at, (time) => time > Date.now() - 60_000)
    await untilStatus(`${url}/ready/flag`, 200)
  })

  test.each([
    ['watches', 'max_inotify_watches'],
    ['instances', 'max_inotify_instances'],
  ])('no more inotify %s: the interval sees what changes, and a metric says so', async (_, limit) => {
    // The limit is a user namespace's own; the machine's stays. The server watches the round file.
    const limited = `echo 0 > /proc/sys/user/${limit} && exec "$@"`
    const by = ['unshare', '-U', '-r', 'sh', '-c', limited, 'sh']
    flags.set('flag')
    const { url } = await start({ prober: { by }, server: { by } })
    const metricsOf = async () => (await fetch(`${url}/metrics`).catch(() => null))?.text() ?? ''
    // The label of the test before is there yet.
    await until(metricsOf, (text) => text.includes('hostdeps_watched_places'))
    const metrics = await metricsOf()
    expect(metrics).toMatch(/^hostdeps_watched_places 0$/m)
    expect(Number(/^hostdeps_watches_refused (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0)
    flags.clear('flag')
    await labelIs('missing')
    flags.set('flag')
    const took = await labelIs('ready')
    console.log(`without watches the label turns after ${Math.round(took)} ms, with an interval of 5 s`)
  })

  test('1,000 custom checks: 64 on the Node, the rest served; the 65th is refused', async () => {
    const published = Array.from({ length: 64 }, (_, number) => `flag-${number}`)
    flags.set('flag')
    const checks = {
      ...Object.fromEntries(published.map((name) => [name, flags.check('flag')])),
      ...manyChecks(936),
    }
    const { url, prober, server, writeConfig } = await start({
      config: configOf(published.join(', ')),
      checks,
    })
    const ours = async () =>
      Object.entries((await node.read()).metadata?.labels ?? {}).filter(([key]) =>
        key.startsWith('hostdeps.dev/flag-'),
      )
    const took = await until(
      ours,
      (labels) => labels.length === 64 && labels.every(([, state]) => state === 'ready'),
    )
    console.log(`64 of 1,000 checks on the Node ${Math.round(took)} ms after the start`)
    const annotation = (await node.read()).metadata?.annotations?.['hostdeps.dev/report'] ?? ''
    expect(annotation.length).toBeLessThanOrEqual(4_096)
    expect(JSON.parse(annotation).omitted).toBeGreaterThan(0)
    const report = await reportOf(url)
    expect(report.checks.filter(({ name }) => name in checks)).toHaveLength(1_000)
    expect(report.probing.cut).toBe(0)
    const own = report.checks.find(({ name }) => name === 'own-935')
    expect(own?.findings[0]).toMatchObject({ need: 'check:longhorn', findings: expect.any(Array) })
    expect((await fetch(`${url}/ready/own-935`)).status).toBe(503)
    writeConfig(configOf([...published, 'own-0'].join(', ')))
    await until(
      async () => (await fetch(`${url}/readyz`)).text(),
      (said) => /config\.yaml:1: .*64/.test(said),
    )
    expect(await ours()).toHaveLength(64)
    expect(`${prober.said()}${server.said()}`).not.toContain('heap')
  })
})

async function reportOf(url: string): Promise<Report> {
  return JSON.parse(await (await fetch(`${url}/v1/report`)).text())
}
