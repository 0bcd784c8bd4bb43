import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyPatch, mergePatch } from './api-client.ts'
import { freePorts, startControlPlane } from './control-plane.ts'
import type { ControlPlane } from './control-plane.ts'
import { makeDaemonSet } from './workloads.ts'

const main = new URL('../../agent/main.ts', import.meta.url).pathname

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('prune', () => {
  let cluster: ControlPlane
  let kubeConfig: string
  beforeAll(async () => {
    cluster = await startControlPlane()
    kubeConfig = cluster.kubeConfig(cluster.admin.token)
    for (const name of ['left', 'foreign', 'clean']) await makeNode(name)
    await applyTo('left', 'hostdeps', 'hostdeps.dev')
    await applyTo('foreign', 'somebody', 'hostdeps.dev')
    await applyTo('foreign', 'another', 'example.com')
  })
  afterAll(() => cluster?.stop())

  const makeNode = (name: string) =>
    cluster.call({
      method: 'POST',
      path: '/api/v1/nodes',
      body: { apiVersion: 'v1', kind: 'Node', metadata: { name } },
    })
  const applyTo = (name: string, manager: string, prefix: string) =>
    cluster.call({
      method: 'PATCH',
      path: `/api/v1/nodes/${name}/status?fieldManager=${manager}&force=true`,
      type: applyPatch,
      body: {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels: { [`${prefix}/a`]: 'x' }, annotations: { [`${prefix}/report`]: 'x' } },
        status: { conditions: [{ type: `${prefix}/AReady`, status: 'True', reason: 'X', message: 'x' }] },
      },
    })
  const prune = (...args: string[]) =>
    execa(process.execPath, [main, 'prune', ...args], { reject: false, env: { KUBECONFIG: kubeConfig } })
  const nodes = async () => JSON.stringify(await cluster.call({ path: '/api/v1/nodes' }))

  test('is refused while the DaemonSet exists', async () => {
    await makeDaemonSet(cluster, 'hostdeps', 'none')
    const labels = { 'app.kubernetes.io/name': 'hostdeps' }
    const path = '/apis/apps/v1/namespaces/default/daemonsets/hostdeps'
    await cluster.call({ method: 'PATCH', path, type: mergePatch, body: { metadata: { labels } } })
    const { exitCode, stderr } = await prune()
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('default/hostdeps')])
    expect(await nodes()).toContain('hostdeps.dev/a')
  })

  test('a dry run takes nothing off', async () => {
    const { exitCode, stdout } = await prune('--force', '--dry-run')
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining('left: 1 label, 1 condition, 1 annotation would be taken off'),
    ])
    expect(await nodes()).toContain('hostdeps.dev/a')
  })

  test('takes all of it off all Nodes, whoever wrote it, and nothing else', async () => {
    const { exitCode, stdout } = await prune('--force')
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('2 of 3 Nodes pruned, 1 had nothing.')])
    const left = await nodes()
    expect(left).not.toContain('hostdeps')
    for (const name of ['a"', 'report', 'AReady']) expect(left).toContain(`example.com/${name}`)
    expect((await prune('--force')).stdout).toContain('0 of 3 Nodes pruned, 3 had nothing.')
  })

  test('without the right, or an API server, it says so', async () => {
    const weak = cluster.kubeConfig('no-such-token')
    const refused = await execa(process.execPath, [main, 'prune'], {
      reject: false,
      env: { KUBECONFIG: weak },
    })
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('Unauthorized')])
    const gone = cluster.kubeConfig('x', `https://127.0.0.1:${(await freePorts(1))[0]}`)
    const unreachable = await execa(process.execPath, [main, 'prune'], {
      reject: false,
      env: { KUBECONFIG: gone },
    })
    expect([unreachable.exitCode, unreachable.stderr]).toEqual([1, expect.stringContaining('ECONNREFUSED')])
  })
})
