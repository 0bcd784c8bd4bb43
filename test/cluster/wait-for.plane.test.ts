import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { patience } from '../patience.ts'
import { noIscsi } from './made-nodes.ts'
import { startControlPlane } from './plane/control-plane.ts'
import type { ControlPlane } from './plane/control-plane.ts'
import { makeFakeNodes } from './plane/fake-nodes.ts'
import { sayOnNode } from './plane/said-nodes.ts'
import { main } from '../hostdeps-main.ts'

const example = new URL('../../examples/wait-job.yaml', import.meta.url).pathname

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('wait --for', () => {
  let cluster: ControlPlane
  let kubeConfig: string
  let stopBeating: () => Promise<void>
  beforeAll(async () => {
    cluster = await startControlPlane()
    stopBeating = await makeFakeNodes(cluster, { a: {}, b: { labels: { pool: 'storage' } }, c: {} })
    // With the rights of the Job in examples/, and no others.
    await cluster.kubectl('apply', '-f', example)
    kubeConfig = cluster.kubeConfig(await cluster.kubectl('create', 'token', 'hostdeps-wait'))
    await sayOnNode(cluster, 'a', { 'open-iscsi': { state: 'ready' } })
    await sayOnNode(cluster, 'b', { 'open-iscsi': noIscsi })
    await sayOnNode(cluster, 'c', { 'open-iscsi': { state: 'not-applicable' } })
  })
  afterAll(async () => {
    await stopBeating?.()
    await cluster?.stop()
  })

  const start = (...args: string[]) => {
    const running = execa(process.execPath, [main, 'wait', ...args], {
      reject: false,
      env: { KUBECONFIG: kubeConfig },
      forceKillAfterDelay: patience,
    })
    onTestFinished(() => void running.kill('SIGKILL'))
    let said = ''
    running.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    return { running, said: () => said.replace(/^\S+Z /gm, '') }
  }
  const missing = 'b: open-iscsi is missing: binary:iscsiadm BinaryNotFound\n'

  test('what is ready or not applicable already ends it at once', async () => {
    const { running, said } = start('--for', 'open-iscsi', 'a', 'c')
    expect((await running).exitCode).toBe(0)
    expect(said()).toBe('open-iscsi is ready on 2 Nodes\n')
    expect((await start('--for', 'open-iscsi=missing', '-l', 'pool=storage').running).exitCode).toBe(0)
  })

  test('3 when it takes too long, with the nodes that are late', async () => {
    const { running, said } = start('--for', 'open-iscsi', '--all', '--timeout', '1s')
    const { exitCode, stderr } = await running
    expect([exitCode, stderr]).toEqual([3, '"hostdeps nodes --check open-iscsi -o wide" says what to do'])
    expect(said()).toBe(`${missing}open-iscsi was not ready in time on 1 Node: b\n`)
  })

  test("1 and the API server's words: a Node that is not there, nothing that fits, no rights", async () => {
    const nope = await start('--for', 'open-iscsi', 'a', 'nope').running
    expect([nope.exitCode, nope.stderr]).toEqual([1, 'nodes "nope" not found'])
    const none = await start('--for', 'open-iscsi', '-l', 'pool=none').running
    expect([none.exitCode, none.stderr]).toEqual([1, 'no matching Nodes were found'])
    const weak = cluster.kubeConfig(await cluster.kubectl('create', 'token', 'default'))
    const refused = await start('--for', 'open-iscsi', '--all', '--kubeconfig', weak).running
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('nodes is forbidden')])
  })

  test.each(['--all', 'b'])('a line a change until it is ready: %s', async (which) => {
    await sayOnNode(cluster, 'b', { 'open-iscsi': noIscsi })
    const { running, said } = start('--for', 'open-iscsi', which, '--timeout', '1h')
    await expect.poll(said).toBe(missing)
    await sayOnNode(cluster, 'b', { 'open-iscsi': { state: 'unknown', needs: [{ id: 'x', reason: 'R' }] } })
    const unknown = 'b: open-iscsi is unknown: x R\n'
    await expect.poll(said).toBe(missing + unknown)
    await sayOnNode(cluster, 'b', { 'open-iscsi': { state: 'ready' } })
    expect((await running).exitCode).toBe(0)
    expect(said()).toBe(
      `${missing}${unknown}b: open-iscsi is ready\nopen-iscsi is ready on ${which === 'b' ? '1 Node' : '3 Nodes'}\n`,
    )
  })

  test('without the right to watch it lists again and again', async () => {
    const rule = { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] }
    const patch = JSON.stringify([{ op: 'replace', path: '/rules', value: [rule] }])
    await cluster.kubectl('patch', 'clusterrole', 'hostdeps-wait', '--type=json', `--patch=${patch}`)
    await sayOnNode(cluster, 'b', { 'open-iscsi': noIscsi })
    const { running, said } = start('--for', 'open-iscsi', '--all')
    await expect.poll(said).toBe(missing)
    await sayOnNode(cluster, 'b', { 'open-iscsi': { state: 'ready' } })
    expect((await running).exitCode).toBe(0)
  })
})
