import { mkdtempSync, rmSync } from 'node:fs'
import { copyFile, cp, mkdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { execa } from 'execa'
import type { Report } from '#agent/model/report.ts'
import { atEnd } from '../at-end.ts'
import { patience } from '../patience.ts'
import { bundleScripts, bundleWith } from './bundle-with.ts'
import { LineReader } from './line-reader.ts'
import { readLoader } from './vm-loader.ts'
import { order } from './vm-monitor.ts'

export interface VmOutcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** A machine with Debian's own kernel, emulated: it has its modules, settings, swap and command line to itself. */
export interface TestVm {
  /** Runs a script of bash in it, as root; rejects after so many milliseconds. */
  exec(script: string, limit?: number): Promise<VmOutcome>
  /** The same; rejects when it fails. */
  must(script: string): Promise<string>
  /** `hostdeps check -o json` inside, by the bundle; further arguments are words of a shell. */
  check(args: string): Promise<Report>
  /** Remembers the machine as it is, memory and all; a machine with `scripts`, whose disk is not kept over a reboot. */
  save(): Promise<void>
  /** Goes back to that. */
  restore(): Promise<void>
  /** An orderly reboot, by what its boot loader's configuration says then; `typed` is added at the loader's prompt. */
  reboot(typed?: string): Promise<void>
  stop(): Promise<void>
}

/** What a machine has besides. */
export interface VmExtras {
  /** A card on QEMU's own network, where this machine is 10.0.2.2; nothing sets it up. */
  readonly network?: boolean
  /** MiB. */
  readonly memory?: number
  /** Programs of ours that are bundled beside the agent, by name. */
  readonly scripts?: Readonly<Record<string, string>>
}

/** Boots a machine over a copy of the disk that the set-up made, with these checks beside the shipped ones. */
export async function bootVm(
  checks: Readonly<Record<string, string>> = {},
  typed = '',
  extras: VmExtras = {},
): Promise<TestVm> {
  const image = process.env['HOSTDEPS_TEST_VM']
  if (image === undefined) throw new Error('HOSTDEPS_TEST_VM is not set: npm test sets it up')
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-vm-'))
  const remove = atEnd(() => rmSync(folder, { recursive: true, force: true }))
  try {
    await execa('cp', ['--sparse=always', join(image, 'disk'), join(folder, 'disk')])
    await makeBundleDisk(folder, checks, extras.scripts)
    const places = { image, folder, extras }
    let machine = await start(places, typed)
    return testVm(() => machine, {
      async reboot(words = '') {
        await powerOff(machine)
        machine = await start(places, words)
      },
      async stop() {
        await powerOff(machine)
        remove()
      },
    })
  } catch (error) {
    remove()
    throw error
  }
}

/** The agent as it is shipped, with the Node.js that runs this. */
async function makeBundleDisk(
  folder: string,
  checks: Readonly<Record<string, string>>,
  scripts: Readonly<Record<string, string>> = {},
): Promise<void> {
  const part = join(folder, 'bundle.d')
  await mkdir(part)
  await bundleWith(join(part, 'dist'), checks)
  await bundleScripts(join(part, 'dist'), scripts)
  await copyFile(resolve('package.json'), join(part, 'package.json'))
  await cp(process.execPath, join(part, 'node'))
  await execa('mke2fs', ['-q', '-t', 'ext4', '-d', part, join(folder, 'bundle'), '400M'])
  rmSync(part, { recursive: true })
}

interface Places {
  readonly image: string
  readonly folder: string
  readonly extras: VmExtras
}

interface Machine {
  /** Resolves when the emulator ends. */
  readonly ended: Promise<unknown>
  readonly lines: LineReader
  readonly monitor: LineReader
  kill(): void
}

async function start({ image, folder, extras }: Places, typed: string): Promise<Machine> {
  const { release, parameters } = await readLoader(join(folder, 'disk'))
  const [socket, console, monitor] = ['line', 'console', 'monitor'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const one of [socket, monitor]) rmSync(one, { force: true })
  const disk = (name: string, more = '') =>
    `file=${join(folder, name)},if=virtio,format=raw,cache=unsafe${more}`
  const options = [
    ['-machine', 'pc,accel=tcg', '-cpu', 'max', '-smp', '2', '-m', String(extras.memory ?? 1536)],
    ['-nodefaults', '-display', 'none', '-no-reboot'],
    ['-nic', extras.network ? 'user,model=virtio-net-pci' : 'none'],
    // What can be remembered is not a raw disk.
    extras.scripts === undefined ? [] : ['-snapshot'],
    ['-kernel', join(image, `vmlinuz-${release}`), '-initrd', join(image, `initrd-${release}`)],
    ['-append', `BOOT_IMAGE=/boot/vmlinuz-${release} ${parameters} ${typed}`.trim()],
    ['-drive', disk('disk'), '-drive', disk('bundle', ',readonly=on')],
    ['-serial', `file:${console}`, '-serial', `unix:${socket},server=on,wait=off`],
    ['-monitor', `unix:${monitor},server=on,wait=off`],
  ]
  const qemu = execa('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...options.flat()], {
    reject: false,
    all: true,
    stdin: 'ignore',
  })
  const ended = qemu.then(async ({ all }) => {
    const said = await readFile(console, 'utf8').catch(() => '')
    return `the machine ended: ${all}\n${said.slice(-3_000)}`
  })
  const kill = () => void qemu.kill('SIGKILL')
  const lines = new LineReader(await connected(socket, ended))
  const machine = { ended, lines, kill, monitor: new LineReader(await connected(monitor, ended)) }
  await untilLine(machine, /^guest up /)
  await untilUp(machine)
  return machine
}

async function connected(path: string, ended: Promise<string>): Promise<Socket> {
  let over: string | null = null
  void ended.then((words) => (over = words))
  for (const begin = Date.now(); Date.now() - begin < patience; await sleep(50)) {
    if (over !== null) throw new Error(over)
    const socket = await new Promise<Socket | null>((done) => {
      const one = connect(path)
      one.once('connect', () => done(one))
      one.once('error', () => done(null))
    })
    if (socket !== null) return socket
  }
  throw new Error('the emulator opens no serial line')
}

/** systemd has started all it had to. */
async function untilUp(machine: Machine): Promise<void> {
  for (const begin = Date.now(); Date.now() - begin < patience; await sleep(500)) {
    const { stdout } = await run(machine, 'systemctl is-system-running')
    if (/^(running|degraded)/.test(stdout)) return
  }
  throw new Error('systemd does not come to its end')
}

async function untilLine({ lines, ended }: Machine, pattern: RegExp, limit = patience): Promise<string> {
  const late = sleep(limit, 'nothing came from the machine', { ref: false })
  for (;;) {
    const line = await Promise.race([lines.next(), ended.then(String).then(Error), late.then(Error)])
    if (line instanceof Error) throw line
    if (pattern.test(line)) return line
  }
}

async function run(machine: Machine, script: string, limit = patience): Promise<VmOutcome> {
  machine.lines.write(`${Buffer.from(script).toString('base64')}\n`)
  const line = await untilLine(machine, /^done /, limit)
  const [, exitCode, out = '', err = ''] = line.trim().split(' ')
  const text = (packed: string) => gunzipSync(Buffer.from(packed, 'base64')).toString()
  return { exitCode: Number(exitCode), stdout: text(out), stderr: text(err) }
}

async function powerOff(machine: Machine): Promise<void> {
  machine.lines.write(`${Buffer.from('systemctl poweroff').toString('base64')}\n`)
  await Promise.race([machine.ended, sleep(60_000, undefined, { ref: false })])
  machine.kill()
  await machine.ended
}

function testVm(machine: () => Machine, ends: Pick<TestVm, 'reboot' | 'stop'>): TestVm {
  const exec: TestVm['exec'] = (script, limit) => run(machine(), script, limit)
  const must = async (script: string) => {
    const { exitCode, stdout, stderr } = await exec(script)
    if (exitCode !== 0) throw new Error(`${script} failed with ${exitCode}:\n${stdout}\n${stderr}`)
    return stdout
  }
  return {
    exec,
    must,
    async check(args) {
      const program = '/opt/hostdeps/node /opt/hostdeps/dist/agent/main.js'
      const { stdout, stderr } = await exec(`${program} check -o json --deadline 60s ${args}`)
      if (!stdout.startsWith('{')) throw new Error(`no report came:\n${stdout}\n${stderr}`)
      return JSON.parse(stdout)
    },
    save: () => order(machine(), 'savevm kept'),
    restore: () => order(machine(), 'loadvm kept'),
    ...ends,
  }
}
