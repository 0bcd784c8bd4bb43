import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { callApi } from './plane/api-client.ts'
import { startControlPlane } from './plane/control-plane.ts'
import type { ControlPlane } from './plane/control-plane.ts'
import { makeFakeNodes } from './plane/fake-nodes.ts'
import { sayOnNode } from './plane/said-nodes.ts'
import { until } from './plane/test-node.ts'
import { main } from '../hostdeps-main.ts'

/** With what an editor of its own leaves: comments, blanks, a quote, an exclamation mark. */
const text = `# What we publish: it's ours!
checks:
  - time-sync      # chrony
  - nfs-client
  # add yours above

interval:  90s   # C:\\slow
`

describe.skipIf(!process.env['HOSTDEPS_TEST_CONTROL_PLANE'])('suggest', () => {
  let cluster: ControlPlane
  let kubeConfig: string
  let stopBeating: () => Promise<void>
  beforeAll(async () => {
    cluster = await startControlPlane()
    kubeConfig = cluster.kubeConfig(cluster.admin.token)
    stopBeating = await makeFakeNodes(cluster, { 'worker-1': {} })
    for (const name of ['hostdeps', 'longhorn-system']) {
      await cluster.kubectl('create', 'namespace', name)
      // Until it is there no pod can be made.
      await until(
        () => callApi(cluster.admin, { path: `/api/v1/namespaces/${name}/serviceaccounts/default` }),
        ({ status }) => status === 200,
      )
    }
    await create('/api/v1/namespaces/hostdeps/configmaps', {
      metadata: { name: 'my-config' },
      data: { 'config.yaml': text, other: 'stays' },
    })
    await makePod('hostdeps', 'hostdeps-x', {
      labels: { 'app.kubernetes.io/name': 'hostdeps' },
      volumes: [{ name: 'config', configMap: { name: 'my-config' } }],
    })
    await makePod('longhorn-system', 'manager-1', { image: 'docker.io/longhornio/longhorn-manager:v1.9.1' })
    await makePod('longhorn-system', 'manager-2', {
      image: 'longhornio/longhorn-manager@sha256:' + 'a'.repeat(64),
    })
    await makePod('default', 'web', { volumes: [{ name: 'data', nfs: { server: 'nfs', path: '/' } }] })
    await makePod('default', 'agent', { container: 'cilium-agent' })
    await create('/apis/storage.k8s.io/v1/csidrivers', { metadata: { name: 'smb.csi.k8s.io' }, spec: {} })
    await create('/apis/storage.k8s.io/v1/csinodes', {
      metadata: { name: 'worker-1' },
      spec: { drivers: [{ name: 'smb.csi.k8s.io', nodeID: 'worker-1' }] },
    })
    await create('/api/v1/persistentvolumes', {
      metadata: { name: 'a' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Gi' },
        iscsi: { targetPortal: '10.0.0.1', iqn: 'iqn.2026-01.example:a', lun: 0 },
      },
    })
    await sayOnNode(cluster, 'worker-1', { kured: { state: 'missing', crashes: 1 } })
  })
  afterAll(async () => {
    await stopBeating?.()
    await cluster?.stop()
  })

  const create = (path: string, body: object) => cluster.call({ method: 'POST', path, body })

  interface Made {
    readonly image?: string
    readonly container?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly volumes?: readonly object[]
  }

  const makePod = (
    namespace: string,
    name: string,
    { image = 'example.com/none', container: main = 'main', labels = {}, volumes = [] }: Made,
  ) =>
    create(`/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name, labels },
      spec: { automountServiceAccountToken: false, containers: [{ name: main, image }], volumes },
    })

  const run = (...args: string[]) =>
    execa(process.execPath, [main, 'suggest', ...args], { reject: false, env: { KUBECONFIG: kubeConfig } })

  const configNow = async () => {
    const path = '/api/v1/namespaces/hostdeps/configmaps/my-config'
    return (await cluster.call<{ data: Readonly<Record<string, string>> }>({ path })).data
  }

  /** As people paste it. */
  const paste = (command: string) =>
    execa('bash', ['-c', command], {
      reject: false,
      env: {
        HOME: cluster.folder,
        KUBECONFIG: kubeConfig,
        PATH: `${process.env['HOSTDEPS_TEST_CONTROL_PLANE']}:${process.env['PATH']}`,
      },
    })

  const commandIn = (stdout: string) => stdout.split('\n').find((line) => line.startsWith('  kubectl ')) ?? ''

  test('each missing right is named, and what is left is said', async () => {
    const none = await run('--as', 'jane')
    expect([none.exitCode, none.stdout]).toEqual([1, ''])
    expect(none.stderr.split('\n')).toHaveLength(5)
    expect(none.stderr).toContain(
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope',
    )
    await cluster.kubectl('create', 'clusterrole', 'drivers', '--verb=list', '--resource=csidrivers')
    await cluster.kubectl('create', 'clusterrolebinding', 'drivers', '--clusterrole=drivers', '--user=jane')
    const some = await run('--as', 'jane')
    expect(some.exitCode).toBe(0)
    expect(some.stderr.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'pods',
      'csinodes',
      'persistentvolumes',
      'nodes',
      'the',
    ])
    expect(some.stdout).toMatch(/^smb-cifs +driver smb\.csi\.k8s\.io +\?$/m)
    expect(some.stdout).toContain("Add to the config's checks: smb-cifs")
  })

  test('what it prints is pasted, and the ConfigMap holds the line and all that it held', async () => {
    const { exitCode, stdout, stderr } = await run()
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(
      stdout
        .split('\n\n')[0]
        ?.split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['CHECK', 'WHY', 'PUBLISHED'],
      ['kured', '1 container crashes on 1 node', 'no'],
      ['longhorn', 'image longhornio/longhorn-manager in 2 pods (longhorn-system)', 'no'],
      ['smb-cifs', 'driver smb.csi.k8s.io on 1 node', 'no'],
      ['cilium', 'container cilium-agent in 1 pod (default)', 'no'],
      ['iscsi-volumes', 'iscsi volumes: 1 PersistentVolume', 'no'],
      ['nfs-client', 'nfs volumes: 1 pod (default)', 'yes'],
    ])
    const added = ['kured', 'longhorn', 'smb-cifs', 'cilium', 'iscsi-volumes']
    expect(stdout).toContain(`\n  checks: [${['time-sync', 'nfs-client', ...added].join(', ')}]\n`)
    const pasted = await paste(commandIn(stdout))
    expect([pasted.exitCode, pasted.stdout, pasted.stderr]).toEqual([0, 'configmap/my-config patched', ''])
    const { 'config.yaml': changed = '', ...others } = await configNow()
    expect(others).toEqual({ other: 'stays' })
    expect(changed).toBe(
      text.replace('- nfs-client\n', `- nfs-client\n${added.map((name) => `  - ${name}\n`).join('')}`),
    )
    expect(parse(changed)).toEqual({ checks: ['time-sync', 'nfs-client', ...added], interval: '90s' })
    const again = await run()
    expect([again.exitCode, again.stdout]).toEqual([0, expect.stringMatching(/^Nothing to suggest: [^\n]*$/)])
  })

  test('what somebody else changed meanwhile is not overwritten', async () => {
    await makePod('default', 'falco', { container: 'falco' })
    const command = commandIn((await run()).stdout)
    await cluster.kubectl(
      '-n',
      'hostdeps',
      'patch',
      'configmap',
      'my-config',
      '-p',
      '{"data":{"other":"new"}}',
    )
    const pasted = await paste(command)
    expect([pasted.exitCode, pasted.stderr]).toEqual([
      1,
      expect.stringContaining('the object has been modified'),
    ])
    expect((await configNow())['other']).toBe('new')
  })
})
