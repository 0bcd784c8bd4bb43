import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { hasRealCluster, startRealCluster } from '../cluster/nodes/real-cluster.ts'
import type { RealCluster } from '../cluster/nodes/real-cluster.ts'
import { startRegistry } from '../cluster/nodes/registry.ts'
import { until } from '../cluster/plane/test-node.ts'
import { signOwn } from '../http/tls/make-certificate.ts'
import { openUndo } from '../undo.ts'
import { chart, helmBlock, helms, openHelm } from './helm.ts'
import type { Helm } from './helm.ts'
import { main } from '../hostdeps-main.ts'

const root = resolve(import.meta.dirname, '../..')
const kubernetes = process.env['HOSTDEPS_TEST_CONTROL_PLANE'] ?? ''
const image = { registry: '', repository: 'localhost/hostdeps', tag: 'test' }
const [[, helm3], [, helm4]] = helms

/** As two people use the chart: one by a registry under names of their own, with Helm 3; one by the README's block, with Helm 4. */
describe.skipIf(!hasRealCluster || !process.env['HOSTDEPS_TEST_HELM'])('the chart on real kubelets', () => {
  const undo = openUndo()
  let on: RealCluster
  let kubeConfig: string
  beforeAll(async () => {
    on = await startRealCluster()
    undo.add(() => on.stop())
    kubeConfig = on.cluster.kubeConfig(on.cluster.admin.token)
  })
  afterAll(() => undo.run())

  const hostdeps = (...args: string[]) =>
    execa(process.execPath, [main, ...args], { env: { KUBECONFIG: kubeConfig } })
  const restarts = async () =>
    (await on.pods('app.kubernetes.io/name=hostdeps')).flatMap(({ metadata, status }) => [
      metadata?.name,
      ...(status?.containerStatuses?.map(({ restartCount }) => restartCount) ?? []),
    ])

  describe('by a registry, under other names, in another namespace', () => {
    const values = {
      image,
      fullnameOverride: 'node-needs',
      namespaceOverride: 'kube-tools',
      serviceAccount: { name: 'asker' },
      config: { checks: ['overlay', 'open-iscsi'], interval: '10s' },
      gate: { enabled: true },
    }
    let helm: Helm
    let source: readonly string[]
    beforeAll(async () => {
      helm = openHelm(helm3, { KUBECONFIG: kubeConfig })
      undo.add(() => helm.close())
      const registry = await startRegistry(on.cluster.admin.host)
      undo.add(() => registry.stop())
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
      await helm.run('package', chart, '--destination', on.cluster.folder)
      const archive = join(on.cluster.folder, `hostdeps-${version}.tgz`)
      await helm.run('push', archive, `oci://${registry.address}/charts`, '--plain-http')
      source = [
        `oci://${registry.address}/charts/hostdeps`,
        '--version',
        version,
        '--plain-http',
        '--namespace',
        'kube-tools',
      ]
      for (const name of ['create', 'label'])
        await on.cluster.kubectl(
          name,
          'namespace',
          'kube-tools',
          ...(name === 'label' ? ['pod-security.kubernetes.io/enforce=privileged'] : []),
        )
      await helm.run('install', 'mine', ...source, '--values', helm.values(values), '--wait')
    })

    test('labels the nodes, and its token is confined', async () => {
      for (const { metadata } of await on.pods('app.kubernetes.io/name=hostdeps')) {
        expect(metadata?.name).toMatch(/^node-needs-/)
        const path = `/api/v1/namespaces/kube-tools/pods/${metadata?.name}:9465/proxy/metrics`
        await until(
          () => on.cluster.kubectl('get', '--raw', path).catch(String),
          (text) =>
            text.includes('\nhostdeps_policy_enforced 1\n') && text.includes('\nhostdeps_publish_ok 1\n'),
        )
      }
      expect(await on.labelOf('worker-1', 'open-iscsi')).toBe('missing')
      // The DaemonSet may lack a tenth of its pods, of two one: Helm does not wait for it.
      await until(
        async () => (await hostdeps('nodes')).stdout,
        (table) => table.match(/^worker-\d +missing .* Ready$/gm)?.length === 2,
      )
    })

    test('helm test asks an agent', async () => {
      const said = await helm.run('test', 'mine', '--namespace', 'kube-tools', '--logs')
      expect(said).toMatch(/Phase: +Succeeded/)
      expect(said).toMatch(/: 200 ready$/m)
    })

    test('an upgrade of config and custom checks restarts nothing, and a rollback takes them back', async () => {
      const before = await restarts()
      const customChecks = {
        'a-file.yaml': 'title: A file\nwhy: The test looks for it.\nneeds:\n  - file: /etc/debian_version\n',
      }
      const config = { ...values.config, checks: ['overlay', 'a-file'] }
      const flags = ['--values', helm.values({ ...values, config, customChecks }), '--wait']
      await helm.run('upgrade', 'mine', ...source, ...flags)
      // The kubelet brings ConfigMaps within a minute or two.
      await until(
        () => on.labelOf('worker-1', 'a-file'),
        (state) => state === 'ready',
      )
      expect(await on.labelOf('worker-1', 'open-iscsi')).toBeUndefined()
      expect(await restarts()).toEqual(before)
      await helm.run('rollback', 'mine', '1', '--namespace', 'kube-tools', '--wait')
      await until(
        () => on.labelOf('worker-1', 'open-iscsi'),
        (state) => state === 'missing',
      )
      expect(await restarts()).toEqual(before)
    })

    test('uninstall and prune leave nothing', async () => {
      await helm.run('uninstall', 'mine', '--namespace', 'kube-tools', '--wait')
      await hostdeps('prune')
      const nodes = await on.cluster.kubectl('get', 'nodes', '-o', 'json', '--show-managed-fields=false')
      expect(nodes).not.toContain('hostdeps.dev/')
    })
  })

  test("the README's block, as it is", async () => {
    const bin = join(on.cluster.folder, 'bin')
    mkdirSync(bin)
    symlinkSync(helm4, join(bin, basename(helm4)))
    const { stdout } = await execa('/bin/sh', ['-e'], {
      cwd: root,
      input: helmBlock(),
      env: {
        IMAGE: image.repository,
        TAG: image.tag,
        KUBECONFIG: kubeConfig,
        HOME: on.cluster.folder,
        PATH: `${bin}:${kubernetes}:${process.env['PATH']}`,
      },
      stderr: 'inherit',
    })
    expect(stdout).toMatch(/Phase: +Succeeded/)
    await until(
      () => on.labelOf('worker-2', 'open-iscsi'),
      (state) => state === 'missing',
    )
  })

  test('an upgrade to auth serves HTTPS, and helm test asks by it', async () => {
    const helm = openHelm(helm4, { KUBECONFIG: kubeConfig })
    onTestFinished(() => helm.close())
    const { cert, key } = signOwn('first', ['hostdeps.hostdeps'])
    const [certFile, keyFile] = [join(on.cluster.folder, 'tls.crt'), join(on.cluster.folder, 'tls.key')]
    writeFileSync(certFile, cert)
    writeFileSync(keyFile, key)
    const files = [`--cert=${certFile}`, `--key=${keyFile}`]
    await on.cluster.kubectl('-n', 'hostdeps', 'create', 'secret', 'tls', 'their-tls', ...files)
    const values = helm.values({ image, auth: { enabled: true, secretName: 'their-tls' } })
    await helm.run('upgrade', 'hostdeps', chart, '-n', 'hostdeps', '--values', values, '--wait')
    expect(await helm.run('test', 'hostdeps', '-n', 'hostdeps')).toMatch(/Phase: +Succeeded/)
    const path = `/api/v1/namespaces/hostdeps/services/https:hostdeps:9465/proxy/v1/report`
    await until(
      () => on.cluster.kubectl('get', '--raw', path).catch(String),
      (said) => said.includes('provide credentials'),
    )
  })
})
