import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa, execaSync } from 'execa'
import { afterEach, describe, expect, test } from 'vitest'
import { mountHungFuse } from './hungfuse.ts'
import { abandonedHosts, removeParts } from './host-parts.ts'
import { bootHost } from './nspawn.ts'
import type { TestHost } from './nspawn.ts'
import { identify } from './process-id.ts'

const nspawn = new URL('nspawn.ts', import.meta.url).pathname

describe.skipIf(!process.env['HOSTDEPS_TEST_HOST_ROOT'])('a Debian 12 host in systemd-nspawn', () => {
  const hosts: TestHost[] = []
  const boot = async (name: string) => {
    const start = performance.now()
    const host = await bootHost(name)
    hosts.push(host)
    console.log(`${name} is up after ${Math.round(performance.now() - start)} ms`)
    return host
  }
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.stop()
    expect(await leftOf(process.pid)).toEqual([])
  })

  test('is a host of its own, with systemd and D-Bus', async () => {
    const host = await boot('own')
    expect(await host.exec(['cat', '/proc/1/comm'])).toEqual({ exitCode: 0, stdout: 'systemd', stderr: '' })
    expect(await host.exec(['systemctl', 'is-system-running'])).toMatchObject({ stdout: 'running' })
    const bus = await host.exec(['busctl', 'status', 'org.freedesktop.systemd1'])
    expect(bus.stdout).toContain('PID=1\n')
    expect(readFileSync(join(host.root, 'etc/debian_version'), 'utf8')).toMatch(/^12\./)
    const { stdout } = await execa('ip', ['-n', hostNames(process.pid)[0] ?? '', '-br', 'link'])
    expect(stdout).not.toContain('eth0')
  })

  test('tells how a program ended, also at its timeout', async () => {
    const host = await boot('exec')
    expect(await host.exec(['sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({
      exitCode: 7,
      stdout: 'out',
      stderr: 'err',
    })
    // It would end long after this test.
    const { exitCode } = await host.exec(['sh', '-c', 'sleep 100000 & sleep 100000'], { timeout: 300 })
    expect(exitCode).toBeUndefined()
    await expect(host.apt('install', 'no-such-package-anywhere')).rejects.toThrow('Unable to locate package')
  })

  test('two beside each other keep to themselves', async () => {
    const [one, other] = [await boot('one'), await boot('other')]
    await one.writeFile('/etc/marker', 'one')
    expect(existsSync(join(other.root, 'etc/marker'))).toBe(false)
    expect(existsSync(join(process.env['HOSTDEPS_TEST_HOST_ROOT'] ?? '', 'etc/marker'))).toBe(false)
    const cgroups = [one, other].map(({ pid }) =>
      readFileSync(`/proc/${pid}/cgroup`, 'utf8').match(/hostdeps-host\S+/g),
    )
    expect(cgroups[0]).not.toBeNull()
    expect(cgroups[0]).not.toEqual(cgroups[1])
    await one.stop()
    expect(await other.exec(['systemctl', 'is-system-running'])).toMatchObject({ stdout: 'running' })
  })

  test('takes away the cgroups that are made in it, as containers are, in every hierarchy', async () => {
    const host = await boot('cgroups')
    const name = `made-in-${host.name}`
    const { stdout } = await host.exec(['findmnt', '-rno', 'TARGET', '-t', 'cgroup,cgroup2'])
    const places = stdout.split('\n')
    expect(places.length).toBeGreaterThan(0)
    for (const place of places) {
      await host.exec(['mount', '-o', 'remount,rw,bind', place])
      expect(await host.exec(['mkdir', '-p', `${place}/k8s.io/${name}`])).toMatchObject({ exitCode: 0 })
    }
    expect(cgroupsNamed(name)).toHaveLength(places.length)
    await host.stop()
    expect(cgroupsNamed(name)).toEqual([])
  })

  test('can hold a mount that hangs, which is gone after its unmount', async () => {
    const host = await boot('hung')
    await host.writeFile('/srv/beside', 'beside')
    await host.exec(['mkdir', '/srv/hung'])
    const mount = await mountHungFuse('/srv/hung', host.pid)
    const mounts = () => readFileSync(`/proc/${host.pid}/mountinfo`, 'utf8')
    expect(mounts()).toContain('fuse.hung')
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(' /srv/hung ')
    const cat = host.exec(['cat', '/srv/hung/file'])
    expect(await Promise.race([cat, sleep(500)])).toBeUndefined()
    expect(await host.exec(['cat', '/srv/beside'])).toMatchObject({ stdout: 'beside' })
    await mount.unmount()
    expect((await cat).exitCode).toBe(1)
    expect(mounts()).not.toContain('fuse.hung')
  })

  test('leaves nothing when its boot fails half-way', async () => {
    const root = process.env['HOSTDEPS_TEST_HOST_ROOT']
    process.env['HOSTDEPS_TEST_HOST_ROOT'] = join(import.meta.dirname, 'alpine-3/root')
    try {
      await expect(bootHost('broken')).rejects.toThrow('systemd-nspawn ended with')
    } finally {
      process.env['HOSTDEPS_TEST_HOST_ROOT'] = root
    }
  })

  describe.each([
    ['ends', 'process.exit(0)'],
    ['is interrupted', "process.kill(process.pid, 'SIGINT')"],
    ['is terminated', "process.kill(process.pid, 'SIGTERM')"],
    ['fails', "throw new Error('on purpose')"],
  ])('leaves nothing when its process %s', (_, end) => {
    test('at once', async () => {
      const { pid } = await bootInChild(end)
      expect(await leftOf(pid)).toEqual([])
    })
  })

  test('dies with a process that is killed, and the next set-up sweeps the rest', async () => {
    const { pid, init } = await bootInChild("process.kill(process.pid, 'SIGKILL')")
    await expect.poll(() => identify(init)).toBeNull()
    const abandoned = abandonedHosts().filter(({ name }) => name.startsWith(`hostdeps-host-${pid}-`))
    expect(abandoned).toHaveLength(1)
    for (const parts of abandoned) removeParts(parts)
    expect(await leftOf(pid)).toEqual([])
  })

  test('is no leftover while its process lives', async () => {
    await boot('alive')
    const names = abandonedHosts().map(({ name }) => name)
    expect(names.filter((name) => name.startsWith(`hostdeps-host-${process.pid}-`))).toEqual([])
  })
})

/** Boots a host in a process of its own that then ends in the way told. */
async function bootInChild(end: string): Promise<{ pid: number; init: number }> {
  const code = `
    import { bootHost } from '${nspawn}'
    const host = await bootHost('child')
    process.stdout.write(host.pid + '\\n', () => { ${end} })
    await new Promise((resolve) => setTimeout(resolve, 600_000))`
  const child = execa(process.execPath, ['--input-type=module', '--eval', code], { reject: false })
  const { stdout, stderr } = await child
  const init = Number(stdout)
  if (!init || child.pid === undefined) throw new Error(`no host came up: ${stderr}`)
  return { pid: child.pid, init }
}

/** All that is left on the machine of the hosts that a process owned. */
async function leftOf(owner: number): Promise<string[]> {
  const mark = `hostdeps-host-${owner}-`
  const { stdout } = await execa('pgrep', ['-af', `systemd-nspawn.*${mark}`], { reject: false })
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  return [
    ...hostNames(owner),
    ...mounts.filter((line) => line.includes(mark)),
    ...stdout.split('\n').filter(Boolean),
  ]
}

/** The folders, network namespaces and cgroups of a process's hosts, by name. */
function hostNames(owner: number): string[] {
  const names = ['/run/netns', tmpdir()].flatMap((place) => (existsSync(place) ? readdirSync(place) : []))
  const own = names.filter((name) => name.startsWith(`hostdeps-host-${owner}-`))
  return [...own, ...cgroupsNamed(`hostdeps-host-${owner}-*`)]
}

/** In any hierarchy. */
function cgroupsNamed(pattern: string): string[] {
  const { stdout } = execaSync('find', ['/sys/fs/cgroup', '-name', pattern], { reject: false })
  return stdout.split('\n').filter(Boolean)
}
