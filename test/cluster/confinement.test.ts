import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import type { V1Pod } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasRealCluster, startRealCluster } from './real-cluster.ts'
import type { RealCluster } from './real-cluster.ts'
import { until } from './test-node.ts'

/** What the half that listens and has a token can reach, and what the half that is privileged has not. */
describe.skipIf(!hasRealCluster)('the two containers of the agent', () => {
  let on: RealCluster
  let pod: V1Pod
  beforeAll(async () => {
    on = await startRealCluster()
    await on.install()
    await until(
      () => on.labelOf('worker-1', 'open-iscsi'),
      (state) => state === 'missing',
      60_000,
    )
    const agent = await on.agentOn('worker-1')
    if (agent === undefined) throw new Error('worker-1 has no agent')
    pod = agent
  }, 180_000)
  afterAll(() => on?.stop())

  /** Runs JavaScript in a container; what it returns comes back. */
  const inside = async (container: 'prober' | 'server', script: string): Promise<unknown> => {
    const code = `const fs = require('node:fs'); const { spawnSync } = require('node:child_process');
      const tried = (act) => { try { return act() } catch (error) { return error.code } };
      console.log(JSON.stringify((() => { ${script} })()))`
    return JSON.parse(await on.exec(pod, container, 'node', '-e', code))
  }

  describe('the server', () => {
    test('has no root, no capability and no way to get one', async () => {
      const status = String(await inside('server', "return fs.readFileSync('/proc/self/status', 'utf8')"))
      expect(status).toMatch(/^Uid:\t65464\t65464\t65464\t65464$/m)
      expect(status).toMatch(/^CapEff:\t0{16}$/m)
      expect(status).toMatch(/^CapBnd:\t0{16}$/m)
      expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    })

    test('sees no process but those of its own container', async () => {
      const script = `return fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name))
        .map((pid) => tried(() => fs.readFileSync('/proc/' + pid + '/cmdline', 'utf8').split('\\0').slice(0, 4).join(' ')))`
      const server = (await inside('server', script)) as string[]
      expect(server.length).toBeGreaterThan(1)
      for (const line of server)
        expect(line).toMatch(/^tini -- hostdeps serve|^node \S*hostdeps serve|^node -e |^$/)
      // The other container's script sees its own, so that what is not seen is not there.
      expect((await inside('prober', script)) as string[]).toContainEqual(
        expect.stringMatching(/hostdeps probe/),
      )
    })

    test('cannot enter the host', async () => {
      const enter = (target: string) =>
        `const { status, stdout, stderr } = spawnSync('nsenter', ['--mount=${target}/1/ns/mnt', '--', 'cat', '/etc/hostname'], { encoding: 'utf8' });
        return { status, stdout, stderr }`
      expect(await inside('prober', enter('/host/proc'))).toMatchObject({ status: 0 })
      expect(await inside('server', enter('/host/proc'))).toMatchObject({ status: 1 })
      const own = (await inside('server', enter('/proc'))) as { status: number; stderr: string }
      expect(own.status).not.toBe(0)
      expect(own.stderr).toMatch(/Operation not permitted|Permission denied/)
      const unshare = "return spawnSync('unshare', ['--user', '--map-root-user', 'true']).status"
      expect(await inside('server', unshare)).not.toBe(0)
    })

    test('has no root but its own, and none of the host behind it', async () => {
      const script = `return ['/proc/1/root/host/proc', '/proc/1/root/etc/kubernetes/kubelet.conf', '/host',
        '/etc/kubernetes', '/var/lib/kubelet'].map((path) => fs.existsSync(path))`
      expect(await inside('server', script)).toEqual([false, false, false, false, false])
      const root = "return tried(() => fs.readdirSync('/host/proc/1/root/etc/kubernetes'))"
      expect(await inside('prober', root)).toContain('kubelet.conf')
      const mounts = String(await inside('server', "return fs.readFileSync('/proc/self/mountinfo', 'utf8')"))
      expect(mounts).not.toMatch(/ \/host/)
    })

    test('has no device but those that do nothing', async () => {
      const devices = (await inside('server', "return fs.readdirSync('/dev')")) as string[]
      const harmless = [
        'core',
        'fd',
        'full',
        'mqueue',
        'null',
        'ptmx',
        'pts',
        'random',
        'shm',
        'stderr',
        'stdin',
      ]
      const others = ['stdout', 'termination-log', 'tty', 'urandom', 'zero', 'console']
      expect(devices.filter((name) => ![...harmless, ...others].includes(name))).toEqual([])
      const open = `return ['/dev/mem', '/dev/kmsg', '/dev/vda', '/dev/sda', '/proc/kmsg'].map((path) =>
        tried(() => fs.openSync(path, 'r') && 'opened'))`
      for (const said of (await inside('server', open)) as string[])
        expect(said).toMatch(/^(ENOENT|EACCES|EPERM)$/)
      // The prober may: it is the host's root.
      expect(await inside('prober', open)).toContain('opened')
    })

    test('writes nowhere but to its own /tmp', async () => {
      const places = [
        '/',
        '/etc',
        '/opt/hostdeps',
        '/opt/hostdeps/compiled',
        '/run',
        '/run/hostdeps',
        '/etc/hostdeps/config',
        '/var/run/secrets/kubernetes.io/serviceaccount',
        '/dev',
        '/usr/local/bin',
      ]
      const script = `return ${JSON.stringify(places)}.map((place) => tried(() => fs.writeFileSync(place + '/mine', 'x') ?? 'written'))`
      for (const said of (await inside('server', script)) as string[])
        expect(said).toMatch(/^(EROFS|EACCES|EPERM|ENOENT)$/)
      const round = "return tried(() => fs.appendFileSync('/run/hostdeps/round.json', 'x') ?? 'written')"
      expect(await inside('server', round)).toMatch(/^(EROFS|EACCES)$/)
      expect(
        await inside('server', "return tried(() => fs.writeFileSync('/tmp/mine', 'x') ?? 'written')"),
      ).toBe('written')
      // Its /tmp is its own.
      expect(await inside('prober', "return fs.existsSync('/tmp/mine')")).toBe(false)
    })

    test('has its token, and the prober has none', async () => {
      const token = '/var/run/secrets/kubernetes.io/serviceaccount/token'
      const has = `return [fs.existsSync('${token}'), fs.readFileSync('/proc/self/mountinfo', 'utf8').includes('serviceaccount')]`
      expect(await inside('server', has)).toEqual([true, true])
      expect(await inside('prober', has)).toEqual([false, false])
      const environ = 'return Object.keys(process.env).filter((name) => /TOKEN|SECRET|PASSWORD/i.test(name))'
      expect(await inside('prober', environ)).toEqual([])
    })
  })

  test('the prober listens to nothing: none of its sockets is in a list of listeners', async () => {
    const { host } = on.nodes[0]
    const pidsOf = async (command: string) =>
      (await host.exec(['pgrep', '-f', `hostdeps ${command} `])).stdout.split('\n').filter(Boolean)
    const socketsOf = (pid: string) =>
      readdirSync(`${host.root}/proc/${pid}/fd`).flatMap((fd) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${host.root}/proc/${pid}/fd/${fd}`))?.[1] ?? []
        } catch {
          return []
        }
      })
    const listenersOf = (pid: string) => {
      const table = (name: string) =>
        readFileSync(`${host.root}/proc/${pid}/net/${name}`, 'utf8').split('\n').slice(1)
      const words = (name: string) => table(name).map((line) => line.trim().split(/\s+/))
      // Listening is state 0A; of UDP every bound socket can be sent to; a unix socket listens with the flag 00010000.
      const tcp = ['tcp', 'tcp6'].flatMap(words).filter((line) => line[3] === '0A')
      const udp = ['udp', 'udp6', 'raw', 'raw6'].flatMap(words)
      const unix = words('unix').filter((line) => line[3] === '00010000')
      return new Set([...[...tcp, ...udp].map((line) => line[9]), ...unix.map((line) => line[6])])
    }
    const [probers, servers] = [await pidsOf('probe'), await pidsOf('serve')]
    expect([probers.length, servers.length]).toEqual([2, 2])
    const listening = (pids: string[]) =>
      pids.flatMap((pid) => socketsOf(pid).filter((inode) => listenersOf(pid).has(inode)))
    expect(listening(probers)).toEqual([])
    // The same look finds the server's port.
    expect(listening(servers)).toHaveLength(1)
  })
})
