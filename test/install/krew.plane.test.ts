import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeFakeNodes } from '../cluster/plane/fake-nodes.ts'
import { startControlPlane } from '../cluster/plane/control-plane.ts'
import type { ControlPlane } from '../cluster/plane/control-plane.ts'
import { noIscsi } from '../cluster/made-nodes.ts'
import { makeAgent, sayOnNode } from '../cluster/plane/said-nodes.ts'
import { releaseFile } from './release-parts.ts'

const [planes, tools] = [
  process.env['HOSTDEPS_TEST_CONTROL_PLANE'],
  process.env['HOSTDEPS_TEST_RELEASE_TOOLS'],
]
const isReady =
  planes !== undefined && tools !== undefined && process.env['HOSTDEPS_TEST_RELEASE'] !== undefined

/** Offline: krew is given the manifest and the archive, and compares the archive's sum with the manifest's. */
describe.skipIf(!isReady)("kubectl's plugin, installed by krew", () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-krew-'))
  const env = { KREW_ROOT: join(folder, 'krew'), HOME: folder, PATH: join(folder, 'krew/bin') }
  const krew = async (...archive: string[]) => {
    const argv = ['install', `--manifest=${await releaseFile('hostdeps.yaml')}`, ...archive]
    return execa(join(tools ?? '', 'krew'), argv, { env, extendEnv: false, reject: false })
  }
  let cluster: ControlPlane
  let stopBeating: () => Promise<void>
  beforeAll(async () => {
    cluster = await startControlPlane()
    stopBeating = await makeFakeNodes(cluster, { 'worker-1': {} })
    await sayOnNode(cluster, 'worker-1', { 'open-iscsi': noIscsi })
    await makeAgent(cluster, 'worker-1')
  })
  afterAll(async () => {
    await stopBeating?.()
    await cluster?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('an archive of another sum is refused', async () => {
    const { exitCode, stderr } = await krew(`--archive=${await releaseFile('-linux-arm64.tar.gz')}`)
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain('checksum')
  })

  test('the plugin runs with nothing but krew on the PATH, asks the API server, and is completed', async () => {
    expect(await krew(`--archive=${await releaseFile('-linux-amd64.tar.gz')}`)).toMatchObject({ exitCode: 0 })
    const kubeConfig = cluster.kubeConfig(cluster.admin.token)
    const kubectl = (...args: string[]) =>
      execa(join(planes ?? '', 'kubectl'), args, {
        env: { ...env, KUBECONFIG: kubeConfig },
        extendEnv: false,
      })
    expect((await kubectl('hostdeps', '--help')).stdout).toMatch(/^Usage: kubectl hostdeps /)
    const { stdout } = await kubectl('hostdeps', 'nodes', '--no-headers')
    expect(stdout).toMatch(/^worker-1 +missing/)
    symlinkSync('kubectl-hostdeps', join(env.PATH, 'kubectl_complete-hostdeps'))
    expect((await kubectl('__complete', 'hostdeps', 'nod')).stdout).toMatch(/^nodes\t/)
  })
})
