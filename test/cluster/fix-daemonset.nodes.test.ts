import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { V1DaemonSet, V1Pod } from '@kubernetes/client-node'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestHost } from '../hosts/nspawn.ts'
import { servePackages } from '../hosts/package-server.ts'
import type { PackageServer } from '../hosts/package-server.ts'
import { pasteIn, useRepository } from '../hosts/served-network.ts'
import { hasRealCluster, startRealCluster } from './nodes/real-cluster.ts'
import type { RealCluster } from './nodes/real-cluster.ts'
import { until } from './plane/test-node.ts'
import { main } from '../hostdeps-main.ts'

const packages = process.env['HOSTDEPS_TEST_PACKAGES']

/** worker-1 lacks open-iscsi, worker-2 has it. Their services reach one repository and nothing else. */
describe.skipIf(!hasRealCluster || packages === undefined)('fix -o daemonset on real kubelets', () => {
  let on: RealCluster
  let server: PackageServer
  let manifest = ''
  beforeAll(async () => {
    on = await startRealCluster()
    server = await servePackages(packages ?? '', on.cluster.admin.host)
    for (const { host } of on.nodes) await mustPaste(host, useRepository(repository()))
    await mustPaste(on.nodes[1].host, `apt-get update; apt-get install -y open-iscsi`)
    await on.install()
    await until(labels, (all) => all.join() === 'missing,ready')
  })
  afterAll(async () => {
    await server?.stop()
    await on?.stop()
  })

  const repository = () => `http://${on.cluster.admin.host}:${server.port}/bookworm`
  const labels = () => Promise.all(on.nodes.map(({ name }) => on.labelOf(name, 'open-iscsi')))
  const pods = () => on.pods('app.kubernetes.io/name=hostdeps-fix')
  const areGone = () => until(pods, (all) => all.length === 0)
  const isReady = (pod: V1Pod | undefined) => pod?.status?.containerStatuses?.[0]?.ready === true
  const untilReady = (index: 0 | 1) =>
    until(
      () => on.labelOf(on.nodes[index].name, 'open-iscsi'),
      (label) => label === 'ready',
    )
  /** Its unit goes on when the pod is gone; the last thing that it does, deactivating, is to write its result. */
  const untilWhole = async ({ host }: { readonly host: TestHost }) => {
    await until(
      () => pasteIn(host, 'systemctl is-active hostdeps-fix'),
      ({ stdout }) => ['inactive', 'failed'].includes(stdout),
    )
    expect(await mustPaste(host, 'dpkg --audit')).toBe('')
    expect(await mustPaste(host, 'cat "$(ls -t /run/hostdeps-fix/*.result | head -n 1)"')).toBe('success 0')
  }
  const remove = async (index: 0 | 1) => {
    const { host, name } = on.nodes[index]
    await mustPaste(host, 'apt-get purge -y open-iscsi; rm -rf /run/hostdeps-fix')
    await until(
      () => on.labelOf(name, 'open-iscsi'),
      (label) => label === 'missing',
    )
  }
  const schedule = (selector: object | null) =>
    on.cluster.kubectl(
      'patch',
      'daemonset',
      '-n',
      'hostdeps',
      'hostdeps',
      '-p',
      JSON.stringify({ spec: { template: { spec: { nodeSelector: selector } } } }),
    )

  test('is printed for what is published on these Nodes', async () => {
    const { exitCode, stdout, stderr } = await execa(
      process.execPath,
      [
        main,
        'fix',
        '--all',
        '--check',
        'open-iscsi',
        '-o',
        'daemonset',
        '--image',
        'localhost/hostdeps:test',
        '--kubeconfig',
        on.cluster.kubeConfig(on.cluster.admin.token),
      ],
      { reject: false },
    )
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('#   new nodes of debian: open-iscsi\n')
    manifest = join(on.cluster.folder, 'fix.yaml')
    writeFileSync(manifest, stdout)
  })

  test('comes to the node that lacks the package, makes it ready, and leaves it', async () => {
    await on.cluster.kubectl('apply', '-f', manifest)
    const seen = new Set<string>()
    const took = await until(
      async () => {
        for (const { spec } of await pods()) seen.add(spec?.nodeName ?? '')
        return on.labelOf('worker-1', 'open-iscsi')
      },
      (label) => label === 'ready',
    )
    const gone = await areGone()
    console.log(`ready after ${Math.round(took)} ms, its pod gone ${Math.round(gone)} ms later`)
    await untilWhole(on.nodes[0])
    expect([...seen].filter(Boolean)).toEqual(['worker-1'])
    expect((await pasteIn(on.nodes[1].host, 'ls /run/hostdeps-fix')).exitCode).not.toBe(0)
    const { status } = await on.cluster.call<V1DaemonSet>({
      path: '/apis/apps/v1/namespaces/hostdeps-fix/daemonsets/hostdeps-fix',
    })
    expect(status).toMatchObject({ desiredNumberScheduled: 0, currentNumberScheduled: 0 })
  })

  test('waits, with no privilege and no token, until the label turns', async () => {
    await remove(1)
    await schedule({ 'example.com/nowhere': 'x' })
    await until(
      async () => (await pods())[0],
      (pod) => isReady(pod),
    )
    const [pod] = await pods()
    expect(pod?.spec?.nodeName).toBe('worker-2')
    expect(JSON.stringify(pod?.spec?.volumes)).not.toContain('token')
    expect(await on.exec(pod ?? {}, 'sleep', 'head', '-n', '3', '/proc/self/status')).toContain('Name:\thead')
    expect(await on.labelOf('worker-2', 'open-iscsi')).toBe('missing')
    await schedule({ 'example.com/nowhere': null })
    await untilReady(1)
    await areGone()
    await untilWhole(on.nodes[1])
  })

  test('a package that cannot be had: its pod says so, tries again, and is gone once it is there', async () => {
    const { host } = on.nodes[0]
    await mustPaste(
      host,
      'echo "deb [trusted=yes] file:/nowhere ./" > /etc/apt/sources.list; rm -rf /var/lib/apt/lists/*',
    )
    await remove(0)
    await until(
      async () => (await pods())[0]?.status?.initContainerStatuses?.[0],
      (status) => (status?.restartCount ?? 0) >= 1,
    )
    const [pod] = await pods()
    const { namespace = '', name = '' } = pod?.metadata ?? {}
    const log = await on.cluster.kubectl('logs', '-n', namespace, name, '-c', 'fix', '--previous')
    expect(log).toMatch(/hostdeps-fix: failed with exit code 100: .*open-iscsi/)
    await mustPaste(host, useRepository(repository()))
    await untilReady(0)
    await areGone()
    await untilWhole(on.nodes[0])
  })

  async function mustPaste(host: TestHost, script: string): Promise<string> {
    const { exitCode, stdout, stderr } = await pasteIn(host, script)
    if (exitCode !== 0) throw new Error(stderr)
    return stdout
  }
})
