import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { V1Pod } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownStatus } from './plane/admission-calls.ts'
import * as cases from './plane/admission-cases.ts'
import { callApi, strategicPatch } from './plane/api-client.ts'
import type { ApiAccess } from './plane/api-client.ts'
import { becomeRoot, findDevices, findWritable, readAt, seeProcesses, writeAt } from './nodes/intrusions.ts'
import { hasRealCluster, startRealCluster } from './nodes/real-cluster.ts'
import type { RealCluster } from './nodes/real-cluster.ts'
import { listenersOf, processesOf, socketsOf } from './nodes/sockets.ts'
import { until } from './plane/test-node.ts'

type Container = 'prober' | 'server'

const secret = ['neighbour-', 'secret'] as const
const token = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** What the half that listens and has a token can reach, and what the half that is privileged has not. */
describe.skipIf(!hasRealCluster)('the two containers of the agent', () => {
  let on: RealCluster
  let pod: V1Pod
  beforeAll(async () => {
    on = await startRealCluster()
    await on.cluster.call({ method: 'POST', path: '/api/v1/namespaces/default/pods', body: neighbour })
    await on.install()
    await until(
      () => on.labelOf('worker-1', 'open-iscsi'),
      (state) => state === 'missing',
    )
    await until(
      () => on.pods('app=neighbour'),
      ([one]) => one?.status?.phase === 'Running',
    )
    const agent = await on.agentOn('worker-1')
    if (agent === undefined) throw new Error('worker-1 has no agent')
    pod = agent
  })
  afterAll(() => on?.stop())

  /** Calls a function in a container and returns what it returns. */
  const inside = async <A extends unknown[], R>(container: Container, act: (...args: A) => R, ...args: A) => {
    const code = `console.log(JSON.stringify((${act.toString()})(...${JSON.stringify(args)})))`
    return JSON.parse(await on.exec(pod, container, 'node', '-e', code)) as R
  }

  test.each([
    ['1 of its own', ['--target=1', '--mount'], 'Operation not permitted'],
    ['1 of its own, whole', ['--target=1', '--all'], 'Operation not permitted'],
    ['1 of its own, as its own root', ['--target=1', '--user', '--mount'], 'Operation not permitted'],
    ['1 of the host', ['--mount=/host/proc/1/ns/mnt'], 'No such file or directory'],
    ['1 of the host, by 1 of its own', ['--mount=/proc/1/root/host/proc/1/ns/mnt'], 'No such file or'],
  ])('the server enters no namespace of process %s', async (_, into, why) => {
    expect(await on.exec(pod, 'server', 'nsenter', '--version')).toContain('util-linux')
    await expect(on.exec(pod, 'server', 'nsenter', ...into, '--', 'node', '--version')).rejects.toThrow(why)
  })

  test('the prober does', async () => {
    const host = ['nsenter', '--mount=/host/proc/1/ns/mnt', '--', 'cat', '/proc/1/comm']
    expect(await on.exec(pod, 'prober', ...host)).toBe('systemd')
    const own = ['nsenter', '--target=1', '--mount', '--', 'node', '--version']
    expect(await on.exec(pod, 'prober', ...own)).toMatch(/^v\d/)
  })

  test('the server has no privilege, and cannot gain any', async () => {
    const [status, probers] = [
      await on.exec(pod, 'server', 'node', '-e', printStatus),
      await on.exec(pod, 'prober', 'node', '-e', printStatus),
    ]
    for (const id of ['Uid', 'Gid']) expect(status).toMatch(new RegExp(`^${id}:(\\t65464){4}$`, 'm'))
    for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'])
      expect(status).toMatch(`Cap${set}:\t${'0'.repeat(16)}`)
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    expect(status).toMatch(/^Seccomp:\t2$/m)
    expect(probers).toMatch(/^CapEff:\t0*[1-9a-f]/m)
    expect(await inside('server', becomeRoot)).toBe('EPERM')
    expect(await inside('prober', becomeRoot)).toBe('root')
  })

  test("the server sees no process but its own, and no other's environment or root", async () => {
    const seen = await inside('server', seeProcesses, '/proc', secret)
    expect(seen).toMatchObject({ isTextSeen: false, roots: 1 })
    const commands = typeof seen === 'string' ? [] : seen.commands
    expect(commands.toSorted()).toEqual(['node -e', expect.stringMatching(/^node .*\/hostdeps$/), 'tini --'])
    expect(await inside('server', seeProcesses, '/host/proc', secret)).toBe('ENOENT')
    const hosts = await inside('prober', seeProcesses, '/host/proc', secret)
    expect(hosts).toMatchObject({
      isTextSeen: true,
      commands: expect.arrayContaining([expect.stringMatching(/\/kubelet /)]),
    })
    expect(typeof hosts === 'string' ? 0 : hosts.roots).toBeGreaterThan(2)
  })

  test('the server has only the devices of every container', async () => {
    const blocks = readdirSync('/sys/block').map((name) => `/dev/${name}`)
    expect(blocks).not.toEqual([])
    const wanted = [
      '/dev/mem',
      '/dev/kmsg',
      '/dev/port',
      '/dev/fuse',
      '/dev/net/tun',
      '/proc/kcore',
      ...blocks,
    ]
    const every = ['full', 'null', 'random', 'tty', 'urandom', 'zero'].map((name) => `/dev/${name}`)
    expect(await inside('server', findDevices, [...wanted, '/dev/zero'])).toEqual({
      there: every,
      open: ['/dev/zero'],
    })
    // On this machine's nodes there is no other.
    expect(await inside('prober', findDevices, wanted)).toMatchObject({
      there: expect.arrayContaining(['/dev/net/tun']),
      open: expect.arrayContaining(['/dev/net/tun']),
    })
  })

  test('the server can write only its /tmp and its termination message', async () => {
    const found = await inside('server', findWritable, [''])
    expect(found.toSorted()).toEqual(['/dev/termination-log', '/tmp/'])
    const probers = await inside('prober', findWritable, [
      '/run/hostdeps',
      '/tmp',
      '/etc/hostdeps',
      '/dev/shm',
    ])
    expect(probers).toEqual(['/run/hostdeps/', '/run/hostdeps/round.json', '/tmp/', '/dev/shm/'])
  })

  test.each([
    '/x',
    '/etc/x',
    '/etc/hosts',
    '/opt/hostdeps/compiled/x',
    '/run/hostdeps/x',
    '/run/hostdeps/round.json',
    '/etc/hostdeps/config/config.yaml',
    '/dev/shm/x',
    '/dev/mqueue/x',
    '/proc/sys/kernel/hostname',
    token,
  ])('the server cannot write %s', async (path) => {
    expect(await inside('server', writeAt, path)).toMatch(/^(EROFS|EACCES)$/)
  })

  test('the server can write /tmp, and the prober its round', async () => {
    expect(await inside('server', writeAt, '/tmp/x')).toBe('written')
    expect(await inside('prober', writeAt, '/run/hostdeps/round.json')).toBe('written')
  })

  test("the server reads the round and none of the prober's other files", async () => {
    const write =
      "const fs = require('node:fs'); for (const f of ['/tmp', '/dev/shm']) fs.writeFileSync(f + '/mine', 'x')"
    await on.exec(pod, 'prober', 'node', '-e', write)
    const own = '/etc/hostdeps/checks/own.yaml'
    await on.cluster.kubectl('patch', 'configmap', '-n', 'hostdeps', 'hostdeps-checks', '-p', customCheck)
    await until(
      () => inside('prober', readAt, own),
      (said) => said === 'read',
    )
    const files = ['/tmp/mine', '/dev/shm/mine', own, '/host/proc/1/root/etc/shadow']
    for (const file of files) {
      expect([file, await inside('prober', readAt, file)]).toEqual([file, 'read'])
      expect([file, await inside('server', readAt, file)]).toEqual([file, 'ENOENT'])
    }
    expect(await inside('server', readAt, '/run/hostdeps/round.json')).toBe('read')
  })

  test('the server has a token, the prober has none', async () => {
    expect(await inside('server', readAt, token)).toBe('read')
    expect(await inside('prober', readAt, token)).toBe('ENOENT')
    const print =
      "const fs = require('node:fs'); console.log(fs.readFileSync('/proc/self/mountinfo', 'utf8'), Object.keys(process.env).join('\\n'))"
    expect(await on.exec(pod, 'server', 'node', '-e', print)).toMatch(/serviceaccount/)
    const probers = await on.exec(pod, 'prober', 'node', '-e', print)
    expect(probers).toMatch(/ \/host\/proc /)
    expect(probers).not.toMatch(/serviceaccount|secret|token|kubeconfig/i)
  })

  test("the token ends after an hour: 3607 seconds would be the API server's sign for a year", async () => {
    const print = `console.log(require('node:fs').readFileSync('${token}', 'utf8').split('.')[1])`
    const claims = JSON.parse(
      Buffer.from(await on.exec(pod, 'server', 'node', '-e', print), 'base64url').toString(),
    )
    expect(claims.exp - claims.iat).toBe(3_600)
  })

  test('the prober has no reachable socket; the pod listens on one port', async () => {
    const procfs = join(on.nodes[0].host.root, 'proc')
    const idOf = (name: Container) =>
      pod.status?.containerStatuses?.find((one) => one.name === name)?.containerID?.split('//')[1] ?? 'none'
    const servers = processesOf(procfs, idOf('server'))
    expect(socketsOf(procfs, servers).reachable).toEqual(['tcp6 9465'])
    const seen = new Set<string>()
    for (let look = 0; look < 50; look++, await sleep(100)) {
      const probers = processesOf(procfs, idOf('prober'))
      expect(probers.length).toBeGreaterThanOrEqual(2)
      for (const name of socketsOf(procfs, probers).reachable) seen.add(name)
    }
    expect([...seen]).toEqual([])
    // Both are in one network namespace: whoever listens in it is in its lists.
    const [pid = ''] = servers
    expect(listenersOf(join(procfs, pid, 'net')).map(({ name }) => name)).toEqual(['tcp6 9465'])
  })

  const metricsIn = () =>
    on.exec(
      pod,
      'server',
      'node',
      '-e',
      "fetch('http://127.0.0.1:9465/metrics').then(async (r) => console.log(await r.text()))",
    )
  const enforced = (value: 0 | 1) =>
    until(metricsIn, (text) => text.includes(`\nhostdeps_policy_enforced ${value}\n`))

  test('the server knows that its token is confined', async () => {
    await enforced(1)
  })

  describe('the token that the kubelet gave the server, with all rights, is denied', () => {
    let access: ApiAccess
    beforeAll(async () => {
      const print = `console.log(require('node:fs').readFileSync('${token}', 'utf8'))`
      access = { ...on.cluster.admin, token: await on.exec(pod, 'server', 'node', '-e', print) }
      const { metadata, status } = cases.before
      const body = {
        metadata,
        status: { conditions: status.conditions.filter(({ type }) => type !== 'Ready') },
      }
      await on.cluster.call({ method: 'PATCH', path: ownStatus, type: strategicPatch, body })
      const all = [
        'clusterrolebinding',
        'all',
        '--clusterrole=cluster-admin',
        '--serviceaccount=hostdeps:hostdeps',
      ]
      await on.cluster.kubectl('create', ...all)
      await until(
        () => callApi(access, { path: '/api/v1/secrets' }),
        ({ status: code }) => code === 200,
      )
    })
    afterAll(() => on.cluster.kubectl('delete', 'clusterrolebinding', 'all'))

    test.each(cases.denials)('$name: $says', async ({ call, says }) => {
      const { status, body } = await callApi<{ message?: string }>(access, call)
      expect([status, body.message?.split(' denied request: ')[1]]).toEqual([422, says])
    })
  })

  test('the server says that its policy is gone when it tries it the next time, by log, event and metric', async () => {
    await on.cluster.kubectl('delete', 'validatingadmissionpolicy', 'hostdeps-node')
    // The kubelet brings the config into the pod, and from then on the policies are tried each 10 s.
    await on.cluster.kubectl('patch', 'configmap', '-n', 'hostdeps', 'hostdeps', '-p', quickConfig)
    await enforced(0)
    const name = pod.metadata?.name ?? ''
    const log = await on.cluster.kubectl('logs', '-n', 'hostdeps', '-c', 'server', name)
    expect(log).toMatch(/"policy":"hostdeps-node".*does not confine this token/)
    await until(
      () => on.cluster.kubectl('describe', 'node', 'worker-1'),
      (said) => / Unconfined .*the ValidatingAdmissionPolicy hostdeps-node is not in force/.test(said),
    )
  })
})

const printStatus = "console.log(require('node:fs').readFileSync('/proc/self/status', 'utf8'))"
const customCheck = JSON.stringify({
  data: {
    'own.yaml':
      'title: T\nwhy: W.\nneeds: [{ file: { path: /var, type: directory } }]\nfix: { all: { note: Make it. } }\n',
  },
})

const quickConfig = JSON.stringify({
  data: { 'config.yaml': 'checks: [open-iscsi]\npublish: { reapply: 10s }\n' },
})

/** On the same node, of somebody else. */
const neighbour = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'neighbour', labels: { app: 'neighbour' } },
  spec: {
    nodeName: 'worker-1',
    terminationGracePeriodSeconds: 0,
    containers: [
      { name: 'main', image: 'localhost/busybox:test', env: [{ name: 'PASSWORD', value: secret.join('') }] },
    ],
  },
}
