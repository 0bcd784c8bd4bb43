import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { unprintable } from '#agent/model/plain.ts'
import { freePorts } from '../free-ports.ts'
import { patience } from '../patience.ts'
import { hostile, noIscsi } from './made-nodes.ts'
import { mergePatch } from './plane/api-client.ts'
import { startControlPlane } from './plane/control-plane.ts'
import type { ControlPlane } from './plane/control-plane.ts'
import { makeFakeNodes } from './plane/fake-nodes.ts'
import { makeAgent, sayOnNode } from './plane/said-nodes.ts'
import { main } from '../hostdeps-main.ts'

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('nodes', () => {
  let cluster: ControlPlane
  let kubeConfig: string
  let stopBeating: () => Promise<void>
  beforeAll(async () => {
    cluster = await startControlPlane()
    kubeConfig = cluster.kubeConfig(cluster.admin.token)
    const names = ['worker-1', 'worker-2', 'worker-3']
    stopBeating = await makeFakeNodes(cluster, {
      'worker-1': {},
      'worker-2': { labels: { pool: 'storage' } },
      'worker-3': {},
    })
    for (const name of names) await sayOnNode(cluster, name, { 'open-iscsi': { state: 'ready' } })
    await sayOnNode(cluster, 'worker-2', { 'open-iscsi': noIscsi })
    for (const name of ['worker-1', 'worker-2']) await makeAgent(cluster, name)
  })
  afterAll(async () => {
    await stopBeating?.()
    await cluster?.stop()
  })

  const run = (...args: string[]) =>
    execa(process.execPath, [main, 'nodes', ...args], { reject: false, env: { KUBECONFIG: kubeConfig } })
  const rows = (text: string) => text.split('\n').map((line) => line.split(/ {2,}/))

  test('worst first; a node without an agent is unknown, whatever its label says', async () => {
    const { stdout, stderr } = await run('--no-headers')
    expect(stderr).toBe('')
    expect(rows(stdout).map(([name, state, , , , , , agent]) => [name, state, agent])).toEqual([
      ['worker-2', 'missing', 'Ready'],
      ['worker-3', 'unknown', 'NotRunning'],
      ['worker-1', 'ready', 'Ready'],
    ])
  })

  test('the fix is that of the distribution', async () => {
    const { stdout } = await run('-o', 'wide', '-l', 'pool=storage')
    expect(stdout).toContain('open-iscsi on worker-2:')
    expect(stdout).toContain('apt-get install -y open-iscsi')
  })

  test("the API server's own words: an unknown name, a bad selector, rights that are missing", async () => {
    const unknown = await run('worker-1', 'nope', '-o', 'name')
    expect([unknown.exitCode, unknown.stdout, unknown.stderr]).toEqual([
      1,
      'node/worker-1',
      'nodes "nope" not found',
    ])
    const selector = await run('-l', 'a=(')
    expect([selector.exitCode, selector.stderr]).toEqual([
      1,
      expect.stringMatching(/^unable to parse requirement: .*$/),
    ])
    const jane = await run('--as', 'jane')
    expect([jane.exitCode, jane.stderr]).toEqual([
      1,
      'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
    ])
    const weak = await execa(process.execPath, [main, 'nodes'], {
      reject: false,
      env: { KUBECONFIG: cluster.kubeConfig('no-such-token') },
    })
    expect([weak.exitCode, weak.stderr]).toEqual([1, 'Unauthorized'])
  })

  test('several groups are impersonated, each for itself; without pods the state is shown with a word', async () => {
    await cluster.kubectl('create', 'clusterrole', 'see-nodes', '--verb=list', '--resource=nodes')
    await cluster.kubectl(
      'create',
      'clusterrolebinding',
      'see-nodes',
      '--clusterrole=see-nodes',
      '--group=second',
    )
    const one = await run('--as', 'jane', '--as-group', 'first')
    expect(one.exitCode).toBe(1)
    const both = await run('--as', 'jane', '--as-group', 'first', '--as-group', 'second', '--no-headers')
    expect([both.exitCode, both.stderr]).toEqual([
      0,
      expect.stringMatching(
        /^the agents cannot be seen, so a state may be older than it looks: pods is forbidden: /,
      ),
    ])
    expect(rows(both.stdout).map(([name, state]) => [name, state])).toEqual([
      ['worker-2', 'missing'],
      ['worker-1', 'ready'],
      ['worker-3', 'ready'],
    ])
  })

  test('an API server that is not there is one line', async () => {
    const gone = cluster.kubeConfig('x', `https://127.0.0.1:${(await freePorts(1))[0]}`)
    const { exitCode, stderr } = await run('--kubeconfig', gone)
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/^https:\S+ does not answer: connect ECONNREFUSED \S+$/),
    ])
  })

  test('what editors of Nodes write there reaches neither a terminal nor a command', async () => {
    const report = (text: string) => ({ metadata: { annotations: { 'hostdeps.dev/report': text } } })
    const path = '/api/v1/nodes/worker-1'
    const before = await cluster.call<{ metadata: { annotations: Record<string, string> } }>({ path })
    const own = before.metadata.annotations['hostdeps.dev/report'] ?? ''
    onTestFinished(() => void cluster.call({ method: 'PATCH', path, type: mergePatch, body: report(own) }))
    const facts = JSON.parse(own).host
    const check = {
      check: 'open-iscsi',
      state: 'missing',
      since: '2026-11-24T10:00:00Z',
      needs: noIscsi.needs,
    }
    const odd = { ...check, needs: [{ id: hostile, reason: hostile }] }
    for (const text of [
      JSON.stringify({
        v: 2,
        host: { ...facts, kernel: hostile, distro: hostile },
        checks: [check],
        omitted: 0,
      }),
      JSON.stringify({ v: 2, host: facts, checks: [odd], omitted: 0 }),
      'x'.repeat(250_000),
    ]) {
      await cluster.call({ method: 'PATCH', path, type: mergePatch, body: report(text) })
      for (const format of ['table', 'wide', 'json']) {
        const { stdout, exitCode } = await run('worker-1', '-o', format)
        expect([exitCode, stdout.length < 10_000]).toEqual([0, true])
        expect(stdout.replaceAll('\n', '')).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
        expect(stdout).not.toContain('apt-get install')
      }
    }
  })

  test('--watch sees a fix, an agent that is gone and a Node that is', async () => {
    const watching = execa(process.execPath, [main, 'nodes', '--watch'], {
      reject: false,
      env: { KUBECONFIG: kubeConfig },
      forceKillAfterDelay: patience,
    })
    onTestFinished(() => void watching.kill('SIGKILL'))
    let [said, gone] = ['', '']
    watching.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    watching.stderr.on('data', (chunk: Buffer) => (gone += chunk.toString()))
    const lines = () =>
      said
        .split('\n')
        .slice(4, -1)
        .map((line) => line.split(/ {2,}/).slice(0, 2).join(' '))
    await expect.poll(() => said.split('\n').length).toBe(5)
    await sayOnNode(cluster, 'worker-2', { 'open-iscsi': { state: 'ready', was: 'missing' } })
    await expect.poll(lines).toEqual(['worker-2 ready'])
    await makeAgent(cluster, 'worker-2', false)
    await expect.poll(lines).toEqual(['worker-2 ready', 'worker-2 unknown'])
    await cluster.call({ method: 'DELETE', path: '/api/v1/nodes/worker-3' })
    await expect.poll(() => gone).toContain('worker-3 is gone')
    watching.kill('SIGINT')
    expect((await watching).exitCode).toBe(130)
  })
})
