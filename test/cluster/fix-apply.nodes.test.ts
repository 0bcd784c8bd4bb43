import type { V1EndpointSliceList, V1Job, V1JobList, V1Pod } from '@kubernetes/client-node'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestHost } from '../hosts/nspawn.ts'
import { servePackages } from '../hosts/package-server.ts'
import type { PackageServer } from '../hosts/package-server.ts'
import { pasteIn, runIn, useRepository } from '../hosts/served-network.ts'
import { stopAtFirstFailure } from './nodes/first-failure.ts'
import { hasRealCluster, startRealCluster } from './nodes/real-cluster.ts'
import type { RealCluster } from './nodes/real-cluster.ts'
import { longhornStandIn } from './nodes/story-workloads.ts'
import { until } from './plane/test-node.ts'
import { main } from '../hostdeps-main.ts'

const packages = process.env['HOSTDEPS_TEST_PACKAGES']

/** Two nodes without open-iscsi, whose services reach one repository and nothing else. */
describe.skipIf(!hasRealCluster || packages === undefined)('fix --apply on real kubelets', () => {
  let on: RealCluster
  let server: PackageServer
  let kubeConfig = ''
  beforeAll(async () => {
    on = await startRealCluster()
    server = await servePackages(packages ?? '', on.cluster.admin.host)
    for (const { host } of on.nodes) await mustPaste(host, useRepository(repository()))
    await on.install()
    kubeConfig = on.cluster.kubeConfig(on.cluster.admin.token)
    await until(
      () => Promise.all(on.nodes.map(({ name }) => on.labelOf(name, 'open-iscsi'))),
      (labels) => labels.every((label) => label === 'missing'),
    )
  })
  stopAtFirstFailure()
  afterAll(async () => {
    await server?.stop()
    await on?.stop()
  })

  const repository = () => `http://${on.cluster.admin.host}:${server.port}/bookworm`
  const hostdeps = (...args: string[]) =>
    execa(process.execPath, [main, ...args, '--kubeconfig', kubeConfig], {
      reject: false,
      stdin: 'ignore',
      all: true,
    })
  const fix = (...args: string[]) => hostdeps('fix', ...args, '--check', 'open-iscsi', '--apply', '--yes')
  const nodeOf = (name: string) => on.nodes[name === 'worker-1' ? 0 : 1]
  const fixPods = () => on.pods('app.kubernetes.io/name=hostdeps-fix')
  const jobs = async () =>
    (await on.cluster.call<V1JobList>({ path: '/apis/batch/v1/namespaces/hostdeps/jobs' })).items
  const podOf = async (app: string, node: string) =>
    (await on.pods(`app=${app}`)).find(({ spec }) => spec?.nodeName === node)
  const isRunning = (pod: V1Pod | undefined) => pod?.status?.containerStatuses?.[0]?.ready === true
  /** What an agent says of before, because it could not publish meanwhile, is waited out: it would undo what is seen here. */
  const remove = async (name: string) => {
    const { stdout } = await runIn(nodeOf(name).host, ['sh', '-c', 'command -v iscsiadm'])
    const published = stdout === '' ? 'missing' : 'ready'
    await until(
      () => on.labelOf(name, 'open-iscsi'),
      (label) => label === published,
    )
    await mustPaste(
      nodeOf(name).host,
      'rm -rf /etc/apt/apt.conf.d/slow /run/hostdeps-fix; apt-get purge -y open-iscsi',
    )
    await until(
      () => on.labelOf(name, 'open-iscsi'),
      (label) => label === 'missing',
    )
  }
  /** An install that takes long enough to be disturbed: dpkg begins only after that time. */
  const slowDown = (name: string) =>
    nodeOf(name).host.writeFile('/etc/apt/apt.conf.d/slow', `DPkg::Pre-Invoke { "sleep 8"; };\n`)
  const hasBegun = async (name: string, call: ReturnType<typeof fix>) => {
    // A call that ends before that has failed, and says why.
    await Promise.race([call.then(({ all }) => Promise.reject(new Error(all))), hasLog(name)])
    call.catch(() => undefined)
  }
  const hasLog = (name: string) =>
    until(
      async () => (await runIn(nodeOf(name).host, ['sh', '-c', 'cat /run/hostdeps-fix/*.log'])).stdout,
      (log) => log.includes('Need to get') || log.includes('newly installed'),
    )
  const outcome = async (name: string) =>
    (await runIn(nodeOf(name).host, ['sh', '-c', 'cat /run/hostdeps-fix/*.result'])).stdout

  test('by three commands from a crash to Running', async () => {
    await on.cluster.call({
      method: 'POST',
      path: '/apis/apps/v1/namespaces/default/daemonsets',
      body: longhornStandIn('longhorn-manager'),
    })
    const crashed = await crashing('worker-1')
    const why = await until(
      () => hostdeps('why', crashed).then(({ stdout }) => stdout),
      (text) => text.startsWith('Confirmed: '),
    )
    console.log(`why took ${Math.round(why)} ms`)
    const fixed = await fix('worker-1')
    console.log(`$ kubectl hostdeps fix worker-1 --check open-iscsi --apply --yes\n${fixed.all}`)
    expect(fixed.exitCode).toBe(0)
    expect(fixed.stdout).toContain('hostdeps-fix: + apt-get update; apt-get install -y open-iscsi')
    expect(fixed.stdout).toMatch(/worker-1: asked again: .*open-iscsi is ready/)
    expect(fixed.stderr).toContain('1 of 1 Node ready')
    const took = await until(
      () => on.labelOf('worker-1', 'open-iscsi'),
      (label) => label === 'ready',
    )
    console.log(`from the end of fix to the label: ${Math.round(took)} ms`)
    expect(await on.labelOf('worker-2', 'open-iscsi')).toBe('missing')
    const restarted = await hostdeps('restart', '--yes', '--wait')
    console.log(`$ kubectl hostdeps restart --yes --wait\n${restarted.all}`)
    await until(() => podOf('longhorn-manager', 'worker-1'), isRunning)
  })

  async function crashing(node: string): Promise<string> {
    let name = ''
    await until(
      () => podOf('longhorn-manager', node),
      (pod) => {
        name = pod?.metadata?.name ?? ''
        const { restartCount = 0, state } = pod?.status?.containerStatuses?.[0] ?? {}
        // By then the kubelet waits long enough between two starts for restart to be of use.
        return restartCount >= 3 && state?.waiting !== undefined
      },
    )
    return name
  }

  test('its pod has no token, is of no Service, and stays on no node', async () => {
    const [pod] = await fixPods()
    expect(pod?.spec).toMatchObject({
      serviceAccountName: 'hostdeps-fix',
      automountServiceAccountToken: false,
      hostPID: true,
    })
    expect(JSON.stringify(pod?.spec?.volumes)).not.toContain('token')
    expect(pod?.status?.phase).toBe('Succeeded')
    const slices = await on.cluster.call<V1EndpointSliceList>({
      path: '/apis/discovery.k8s.io/v1/namespaces/hostdeps/endpointslices',
    })
    const names = slices.items.flatMap(
      ({ endpoints }) => endpoints?.map(({ targetRef }) => targetRef?.name) ?? [],
    )
    expect(names).not.toContain(pod?.metadata?.name)
    expect(names.length).toBeGreaterThan(0)
  })

  test('a second call finds nothing to do', async () => {
    const before = await jobs()
    const { exitCode, stdout } = await fix('worker-1')
    expect(exitCode).toBe(0)
    expect(stdout).toBe('worker-1: is ready; nothing is done')
    // The kernel of these nodes has no NFS client, which the checks of the config want.
    const all = await hostdeps('fix', 'worker-1', '--apply', '--yes')
    expect(all.exitCode).toBe(3)
    expect(all.stderr).toMatch(/^worker-1: nfs-client: [^]*0 of 1 Node ready$/)
    expect((await jobs()).map(({ metadata }) => metadata?.uid)).toEqual(
      before.map(({ metadata }) => metadata?.uid),
    )
  })

  test('when its pod is deleted in the middle, the install completes, and the next call reports it', async () => {
    await slowDown('worker-2')
    const call = fix('worker-2')
    await hasBegun('worker-2', call)
    await on.cluster.kubectl(
      'delete',
      'pod',
      '-n',
      'hostdeps',
      '-l',
      'app.kubernetes.io/name=hostdeps-fix',
      '--force',
      '--grace-period=0',
    )
    const first = await call
    console.log(first.stdout.split('\n').slice(-4).join('\n'))
    expect(first.exitCode).toBe(3)
    expect(first.stdout).toMatch(/what it began goes on there/)
    const second = await fix('worker-2')
    console.log(second.stdout)
    expect(second.exitCode).toBe(0)
    expect(second.stdout).toMatch(/another fix runs on this host/)
    expect(await outcome('worker-2')).toBe('success 0')
  })

  test('when the kubelet is killed in the middle, the install completes, and the call reports it', async () => {
    await remove('worker-2')
    await slowDown('worker-2')
    const call = fix('worker-2')
    await hasBegun('worker-2', call)
    await runIn(nodeOf('worker-2').host, ['systemctl', 'kill', '-s', 'KILL', 'kubelet'])
    const { exitCode, stdout } = await call
    expect(stdout).toMatch(/asked again: .*open-iscsi is ready/)
    expect(exitCode).toBe(0)
    expect(await outcome('worker-2')).toBe('success 0')
  })

  test('when the API server stops in the middle, the install completes, and the call reports it', async () => {
    await remove('worker-2')
    await slowDown('worker-2')
    const call = fix('worker-2')
    await hasBegun('worker-2', call)
    await on.cluster.stopApiServer()
    await until(
      () => outcome('worker-2'),
      (said) => said === 'success 0',
    )
    await on.cluster.startApiServer()
    const { exitCode, stdout } = await call
    console.log(stdout.split('\n').slice(-6).join('\n'))
    expect(stdout).toMatch(/it is asked again/)
    expect(stdout).toMatch(/asked again: .*open-iscsi is ready/)
    expect(exitCode).toBe(0)
  })

  test('two callers at once: the second waits for the first', async () => {
    await remove('worker-2')
    const both = await Promise.all([fix('worker-2'), fix('worker-2')])
    for (const { all } of both) console.log(all)
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    const said = both.map(({ stdout }) => stdout)
    expect(said.filter((text) => text.includes('hostdeps-fix: done'))).toHaveLength(1)
    const second = said.find((text) => !text.includes('hostdeps-fix: done'))
    expect(second).toContain('a Job of another call is there')
    expect(second).toContain('nothing was begun: all was ready before; asked again: open-iscsi is ready')
  })

  test('a fix that fails: the end of its log is shown, and the next node is not touched', async () => {
    for (const name of ['worker-1', 'worker-2']) await remove(name)
    await mustPaste(
      nodeOf('worker-1').host,
      'echo "deb [trusted=yes] file:/nowhere ./" > /etc/apt/sources.list; rm -rf /var/lib/apt/lists/*',
    )
    const before = await runIn(nodeOf('worker-1').host, ['dpkg', '-l'])
    const failed = await fix('worker-1', 'worker-2')
    expect(failed.exitCode).toBe(3)
    expect(failed.stdout).toMatch(/worker-1: +E: .*open-iscsi/)
    expect(failed.stdout).toMatch(
      /worker-1: the script ended with exit-code 1; asked again: open-iscsi is missing/,
    )
    expect(failed.stderr).toContain('not begun: worker-2')
    expect(await runIn(nodeOf('worker-1').host, ['dpkg', '-l'])).toEqual(before)
    expect(await runIn(nodeOf('worker-2').host, ['sh', '-c', 'ls /run/hostdeps-fix'])).not.toMatchObject({
      exitCode: 0,
    })
    await mustPaste(nodeOf('worker-1').host, useRepository(repository()))
    const again = await fix('--all', '--parallel', '2')
    expect(again.all).toContain('2 of 2 Nodes ready')
    expect(again.exitCode).toBe(0)
  })

  test('who may not create Jobs there is told which right', async () => {
    await remove('worker-2')
    await grant('reader', [
      { apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list'] },
      { apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['get'] },
    ])
    const { exitCode, stderr, stdout } = await fix('worker-2', '--as=reader')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('cannot create resource "jobs" in API group "batch" in the namespace "hostdeps"')
    expect(stdout).not.toContain('worker-2: the Job')
  })

  test('in a namespace of level restricted its pod is refused: that is told, and the Job is deleted', async () => {
    await on.cluster.kubectl('create', 'namespace', 'locked')
    await on.cluster.kubectl('label', 'namespace', 'locked', 'pod-security.kubernetes.io/enforce=restricted')
    await on.cluster.kubectl('create', 'serviceaccount', '-n', 'locked', 'hostdeps-fix')
    const began = performance.now()
    const { exitCode, stdout } = await fix('worker-2', '-n', 'locked', '--image', 'localhost/hostdeps:test')
    console.log(
      `told after ${Math.round(performance.now() - began)} ms: ${stdout.split('\n').slice(-3).join('\n')}`,
    )
    expect(exitCode).toBe(3)
    expect(stdout).toMatch(/no pod may be made there: .*violates PodSecurity "restricted:latest"/)
    const left = await on.cluster.call<V1JobList>({ path: '/apis/batch/v1/namespaces/locked/jobs' })
    expect(left.items.filter(({ metadata }: V1Job) => metadata?.deletionTimestamp === undefined)).toEqual([])
  })

  async function grant(user: string, rules: object[]): Promise<void> {
    const path = '/apis/rbac.authorization.k8s.io/v1'
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: user }
    const subjects = [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }]
    await on.cluster.call({
      method: 'POST',
      path: `${path}/clusterroles`,
      body: { metadata: { name: user }, rules },
    })
    await on.cluster.call({
      method: 'POST',
      path: `${path}/clusterrolebindings`,
      body: { metadata: { name: user }, roleRef, subjects },
    })
  }

  async function mustPaste(host: TestHost, script: string): Promise<void> {
    const { exitCode, stderr } = await pasteIn(host, script)
    if (exitCode !== 0) throw new Error(stderr)
  }
})
