import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { atEnd } from '../at-end.ts'
import { patience } from '../patience.ts'
import { makeCgroups, newParts, removeParts, writeProcess } from './host-parts.ts'
import type { HostParts } from './host-parts.ts'

/** How a program in the host ended. */
export interface Outcome {
  /** Undefined when a signal ended it, as at its timeout. */
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** What a host is booted with. */
export interface BootOptions {
  /** What of this machine it sees, read only, by the place where it sees it. */
  readonly binds?: Readonly<Record<string, string>>
  /** The root below; that of Debian 12 unless told. */
  readonly lower?: string | undefined
  /** It sees cgroup v2 alone, without controllers where this machine has them in v1: systemd 258 and later boot no other way. */
  readonly isUnified?: boolean
}

/** A real host with systemd as process 1, in namespaces of its own on this machine. */
export interface TestHost {
  /** Also the name of its network namespace. */
  readonly name: string
  /** Its init, as this machine sees it; another after a reboot. */
  readonly pid: number
  /** Its root, as this machine sees it. */
  readonly root: string
  /** Runs a program in it; the timeout is in milliseconds, two minutes unless told. */
  exec(argv: readonly string[], options?: { timeout?: number }): Promise<Outcome>
  /** apt-get in it, without questions; rejects when it fails. */
  apt(...args: string[]): Promise<void>
  writeFile(path: string, text: string, mode?: number): Promise<void>
  /** Shuts it down and boots it again over what is on its disk; its network stays. */
  reboot(): Promise<void>
  stop(): Promise<void>
}

/** Boots a host over a root that the set-up made; what is changed in it is thrown away with it. */
export async function bootHost(name: string, options: BootOptions = {}): Promise<TestHost> {
  const parts = newParts(name)
  const remove = atEnd(() => removeParts(parts))
  try {
    await mountRoot(parts, options.lower ?? process.env['HOSTDEPS_TEST_HOST_ROOT'])
    await execa('ip', ['netns', 'add', parts.name])
    let nspawn = startHost(parts, options)
    const boot = { pid: await untilUp(nspawn, parts) }
    const shutDown = async () => {
      nspawn.kill()
      await Promise.race([nspawn.ended, sleep(stopLimit, undefined, { ref: false })])
    }
    return testHost(parts.name, boot, {
      async reboot() {
        await shutDown()
        nspawn = startHost(parts, options)
        boot.pid = await untilUp(nspawn, parts)
      },
      async stop() {
        await shutDown()
        remove()
        await nspawn.ended
      },
    })
  } catch (error) {
    remove()
    throw error
  }
}

/** Milliseconds. A boot takes about 2 s and a stop about 1 s on a machine that is not busy. */
const stopLimit = 10_000

/** systemd-nspawn itself, as far as it is needed here. */
interface Nspawn {
  readonly pid: number
  /** Resolves to what it printed when it ends. */
  readonly ended: Promise<string>
  /** Asks for an orderly shutdown. */
  kill(): void
}

function startHost(parts: HostParts, { binds = {}, isUnified = false }: BootOptions): Nspawn {
  makeCgroups(parts)
  // The flags that boot systemd where cgroups are v1 and no seccomp filter can be set.
  const env = {
    SYSTEMD_SECCOMP: '0',
    SYSTEMD_NSPAWN_API_VFS_WRITABLE: '1',
    ...(isUnified && { SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' }),
  }
  const options = ['--boot', '--register=no', '--keep-unit', '--capability=all', '--console=pipe']
  const places = [
    '-D',
    parts.root,
    '--machine',
    parts.name,
    `--network-namespace-path=/run/netns/${parts.name}`,
  ]
  const bound = Object.entries(binds).map(([inside, outside]) => `--bind-ro=${outside}:${inside}`)
  const argv = [...inCgroups(parts), 'systemd-nspawn', ...places, ...bound, ...options]
  // The host shuts down with this process, also by its SIGKILL; what is left then is swept by the next set-up.
  const nspawn = execa('setpriv', ['--pdeathsig', 'TERM', ...argv], {
    env,
    stdin: 'ignore',
    reject: false,
    all: true,
  })
  if (nspawn.pid === undefined) throw new Error('setpriv did not start')
  writeProcess(parts, 'nspawn', nspawn.pid)
  const ended = nspawn.then(({ all, exitCode }) => `systemd-nspawn ended with ${exitCode}: ${all}`)
  return { pid: nspawn.pid, ended, kill: () => void nspawn.kill('SIGTERM') }
}

async function mountRoot({ folder, root }: HostParts, lower: string | undefined): Promise<void> {
  if (lower === undefined) throw new Error('HOSTDEPS_TEST_HOST_ROOT is not set: npm test sets it up')
  const [upper, work] = [join(folder, 'upper'), join(folder, 'work')]
  for (const part of [upper, work, root]) mkdirSync(part)
  const layers = `lowerdir=${lower},upperdir=${upper},workdir=${work}`
  await execa('mount', ['-t', 'overlay', 'overlay', '-o', layers, root])
}

/** With --keep-unit the host's systemd starts from the cgroup that systemd-nspawn was started in. */
function inCgroups({ cgroups }: HostParts): string[] {
  const enter = cgroups.map((cgroup) => `echo $$ > ${cgroup}/cgroup.procs && `).join('')
  return ['sh', '-c', `${enter}exec "$@"`, 'sh']
}

async function untilUp(nspawn: Nspawn, parts: HostParts): Promise<number> {
  let over: string | null = null
  void nspawn.ended.then((words) => {
    over = words
  })
  let pid: number | undefined
  for (const start = Date.now(); Date.now() - start < patience; await sleep(50)) {
    if (over !== null) throw new Error(over)
    pid ??= childrenOf(nspawn.pid).find((child) => isInit(child, parts.root))
    if (pid !== undefined && (await isUp(pid))) return pid
  }
  throw new Error(`the host is not up after ${patience} ms`)
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  } catch {
    return []
  }
}

/**
 * systemd-nspawn has a child for a moment that is still in this machine's root, and there may be a systemd running here
 * too: what is meant for the host must not run there.
 */
function isInit(pid: number, root: string): boolean {
  try {
    const [seen, wanted] = [statSync(`/proc/${pid}/root/`), statSync(root)]
    const isFirst = /^NSpid:.*\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return isFirst && seen.dev === wanted.dev && seen.ino === wanted.ino
  } catch {
    return false
  }
}

/** systemd has started all it had to, and says so over D-Bus and not by its private socket alone. */
async function isUp(pid: number): Promise<boolean> {
  const argv = ['env', 'SYSTEMCTL_FORCE_BUS=1', 'systemctl', 'is-system-running']
  const { stdout } = await execIn(pid, argv, 10_000)
  return stdout === 'running' || stdout === 'degraded'
}

/** In its mount and PID namespace; the network stays this machine's, so that apt reaches its mirror. */
async function execIn(pid: number, argv: readonly string[], timeout = 120_000): Promise<Outcome> {
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C',
    DEBIAN_FRONTEND: 'noninteractive',
  }
  const { exitCode, stdout, stderr } = await execa(
    'nsenter',
    ['-t', String(pid), '-m', '-p', '--', ...argv],
    { env, extendEnv: false, reject: false, timeout, killSignal: 'SIGKILL', killDescendants: true },
  )
  return { exitCode, stdout, stderr }
}

function testHost(
  name: string,
  boot: { readonly pid: number },
  ends: Pick<TestHost, 'reboot' | 'stop'>,
): TestHost {
  const exec: TestHost['exec'] = (argv, { timeout } = {}) => execIn(boot.pid, argv, timeout)
  const root = () => `/proc/${boot.pid}/root`
  return {
    name,
    get pid() {
      return boot.pid
    },
    get root() {
      return root()
    },
    exec,
    ...ends,
    async apt(...args) {
      const argv = ['apt-get', '-y', '-q', ...args]
      const { exitCode, stdout, stderr } = await exec(argv, { timeout: 300_000 })
      if (exitCode !== 0) throw new Error(`${argv.join(' ')} failed with ${exitCode}:\n${stdout}\n${stderr}`)
    },
    async writeFile(path, text, mode = 0o644) {
      const place = join(root(), path)
      mkdirSync(dirname(place), { recursive: true })
      rmSync(place, { force: true })
      writeFileSync(place, text, { mode })
    },
  }
}
