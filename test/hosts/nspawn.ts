import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'

/** How a program in the host ended. */
export interface Outcome {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** A real Debian 12 with systemd as process 1, in namespaces of its own on this machine. */
export interface TestHost {
  /** Its init, as this machine sees it. */
  readonly pid: number
  /** Its root, as this machine sees it. */
  readonly root: string
  exec(argv: readonly string[], options?: { timeout?: number }): Promise<Outcome>
  /** apt-get in it, without questions; rejects when it fails. */
  apt(...args: string[]): Promise<void>
  writeFile(path: string, text: string, mode?: number): Promise<void>
  stop(): Promise<void>
}

/** The name of a host's folder and network namespace; it tells the process that owns it. */
export const hostFolder = /^hostdeps-host-(\d+)-\w+$/

/** Boots a host over the root that the set-up made; what is changed in it is thrown away with it. */
export async function bootHost(name: string): Promise<TestHost> {
  const folder = mkdtempSync(join(tmpdir(), `hostdeps-host-${process.pid}-${name}`))
  const parts = { folder, netns: basename(folder), root: join(folder, 'root') }
  const cleanUp = () => removeHost(parts)
  process.once('exit', cleanUp)
  try {
    const nspawn = await startHost(parts)
    const pid = await untilUp(nspawn, parts)
    return testHost({ pid, nspawn, cleanUp, parts })
  } catch (error) {
    cleanUp()
    process.off('exit', cleanUp)
    throw error
  }
}

interface Parts {
  readonly folder: string
  readonly netns: string
  readonly root: string
}

/** systemd-nspawn itself, as far as it is needed here. */
interface Nspawn {
  readonly pid: number | undefined
  /** Resolves to what it printed when it ends. */
  readonly ended: Promise<string>
  kill(): void
}

async function startHost({ folder, netns, root }: Parts): Promise<Nspawn> {
  const lower = process.env['HOSTDEPS_TEST_HOST_ROOT']
  if (lower === undefined) throw new Error('HOSTDEPS_TEST_HOST_ROOT is not set: npm test sets it up')
  const [upper, work] = [join(folder, 'upper'), join(folder, 'work')]
  for (const part of [upper, work, root]) mkdirSync(part)
  await execa('mount', [
    '-t',
    'overlay',
    'overlay',
    '-o',
    `lowerdir=${lower},upperdir=${upper},workdir=${work}`,
    root,
  ])
  await execa('ip', ['netns', 'add', netns])
  // The flags that boot systemd where cgroups are v1 and no seccomp filter can be set.
  const env = { SYSTEMD_SECCOMP: '0', SYSTEMD_NSPAWN_API_VFS_WRITABLE: '1' }
  const nspawn = execa(
    'systemd-nspawn',
    [
      '-D',
      root,
      '--machine',
      netns,
      '--boot',
      `--network-namespace-path=/run/netns/${netns}`,
      '--register=no',
      '--keep-unit',
      '--capability=all',
      '--console=pipe',
    ],
    { env, stdin: 'ignore', reject: false, all: true },
  )
  writeFileSync(join(folder, 'nspawn.pid'), String(nspawn.pid))
  const ended = nspawn.then(({ all, exitCode }) => `systemd-nspawn ended with ${exitCode}: ${all}`)
  return { pid: nspawn.pid, ended, kill: () => void nspawn.kill('SIGTERM') }
}

/** Milliseconds; it takes about 2 s on a machine that is not busy. */
const bootLimit = 60_000

async function untilUp(nspawn: Nspawn, { folder }: Parts): Promise<number> {
  let over: string | null = null
  void nspawn.ended.then((words) => {
    over = words
  })
  for (const start = Date.now(); Date.now() - start < bootLimit;) {
    if (over !== null) throw new Error(over)
    const pid = childOf(nspawn.pid)
    if (pid !== null) {
      writeFileSync(join(folder, 'init.pid'), String(pid))
      const { stdout } = await execIn(pid, ['systemctl', 'is-system-running'])
      if (stdout === 'running' || stdout === 'degraded') return pid
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`the host is not up after ${bootLimit} ms`)
}

function childOf(pid: number | undefined): number | null {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    return first ? Number(first) : null
  } catch {
    return null
  }
}

/** In its mount and PID namespace; the network stays this machine's, so that apt reaches its mirror. */
async function execIn(pid: number, argv: readonly string[], timeout = 120_000) {
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C',
    DEBIAN_FRONTEND: 'noninteractive',
  }
  const { exitCode, stdout, stderr } = await execa(
    'nsenter',
    ['-t', String(pid), '-m', '-p', '--', ...argv],
    { env, extendEnv: false, reject: false, timeout },
  )
  return { exitCode, stdout, stderr }
}

function testHost(booted: { pid: number; nspawn: Nspawn; cleanUp: () => void; parts: Parts }): TestHost {
  const { pid, nspawn, cleanUp } = booted
  const exec: TestHost['exec'] = (argv, { timeout } = {}) => execIn(pid, argv, timeout)
  const must = async (argv: readonly string[]) => {
    const { exitCode, stdout, stderr } = await exec(argv)
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} failed with ${exitCode}:\n${stdout}\n${stderr}`)
  }
  return {
    pid,
    root: `/proc/${pid}/root`,
    exec,
    apt: (...args) => must(['apt-get', '-y', '-q', ...args]),
    async writeFile(path, text, mode = 0o644) {
      const place = `/proc/${pid}/root${path}`
      mkdirSync(dirname(place), { recursive: true })
      rmSync(place, { force: true })
      writeFileSync(place, text, { mode })
    },
    async stop() {
      nspawn.kill()
      await Promise.race([nspawn.ended, new Promise((resolve) => setTimeout(resolve, 10_000))])
      cleanUp()
      process.off('exit', cleanUp)
    },
  }
}

/** Ends and removes all of a host, whatever of it is there; also from an exit handler, so it waits for nothing. */
function removeHost({ folder, netns, root }: Parts): void {
  for (const file of ['init.pid', 'nspawn.pid']) killWritten(join(folder, file))
  tryTo('umount', ['-l', root])
  tryTo('ip', ['netns', 'del', netns])
  rmSync(folder, { recursive: true, force: true })
}

function killWritten(file: string): void {
  try {
    if (existsSync(file)) process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

function tryTo(program: string, args: readonly string[]): void {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
  } catch {
    // There was nothing of it.
  }
}
