import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clusterBlock } from '../cluster-block.ts'
import { openUndo } from '../undo.ts'
import { trustRegistry } from './nodes/kubelet-node.ts'
import { hasRealCluster, startRealCluster } from './nodes/real-cluster.ts'
import type { RealCluster } from './nodes/real-cluster.ts'
import { startRegistry } from './nodes/registry.ts'
import type { Registry } from './nodes/registry.ts'

const root = resolve(import.meta.dirname, '../..')
const programs = process.env['HOSTDEPS_TEST_CONTROL_PLANE'] ?? ''
const archive = process.env['HOSTDEPS_TEST_IMAGE'] ?? ''

/**
 * The README's block for a cluster as it is, with a real registry, buildah and kubectl. What it builds is the image that
 * was built from the Dockerfile for all tests: its base cannot be pulled here.
 */
describe.skipIf(!hasRealCluster)("the README's block for a cluster", () => {
  const undo = openUndo()
  let on: RealCluster
  let registry: Registry
  let clone: string
  beforeAll(async () => {
    on = await startRealCluster()
    undo.add(() => on.stop())
    registry = await startRegistry(on.cluster.admin.host)
    undo.add(() => registry.stop())
    for (const { host } of on.nodes) await trustRegistry(host, registry.address)
    clone = mkdtempSync(join(tmpdir(), 'hostdeps-clone-'))
    undo.add(() => rmSync(clone, { recursive: true, force: true }))
    cpSync(join(root, 'manifests'), join(clone, 'manifests'), { recursive: true })
    writeFileSync(join(clone, 'builder'), builder(join(clone, 'store')), { mode: 0o755 })
  })
  afterAll(() => undo.run())

  test('ends with the labels of both nodes', async () => {
    const { stdout } = await execa('/bin/sh', ['-e'], {
      cwd: clone,
      input: clusterBlock,
      env: {
        BUILDER: './builder',
        REGISTRY: registry.address,
        KUBECONFIG: on.cluster.kubeConfig(on.cluster.admin.token),
        GIT_DIR: join(root, '.git'),
        PATH: `${programs}:${process.env['PATH']}`,
      },
      stderr: 'inherit',
    })
    const table = stdout.slice(stdout.lastIndexOf('NAME'))
    console.log(table)
    expect(table.split('\n').map((line) => line.trim().split(/\s+/).toSpliced(3, 2))).toEqual([
      ['NAME', 'STATUS', 'ROLES', 'OPEN-ISCSI', 'NFS-CLIENT'],
      ['worker-1', 'Ready', '<none>', 'missing', 'missing'],
      ['worker-2', 'Ready', '<none>', 'missing', 'missing'],
    ])
  })
})

/** docker's two commands by buildah, which asks a registry for TLS unless told otherwise. */
function builder(store: string): string {
  const buildah = `buildah --root ${store}/root --runroot ${store}/run --storage-driver vfs`
  return `#!/bin/sh
set -e
case "$1" in
  build) image=$(${buildah} pull --quiet docker-archive:${archive}); ${buildah} tag "$image" "$3" ;;
  push) ${buildah} push --quiet --tls-verify=false "$2" ;;
esac
`
}
