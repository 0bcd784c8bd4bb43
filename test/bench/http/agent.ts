import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { bundle } from '../../../build.ts'
import { atEnd } from '../../at-end.ts'
import { startProgram, untilStatus } from '../../hosts/cli.ts'
import { imageMemory } from '../../setup/image-heap.ts'

/** As in the image. */
export const imageEnvironment = imageMemory()

export interface Agent {
  /** Starts `hostdeps serve`, which has the prober's round when it is there. */
  serve(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Served>
  stop(): Promise<void>
}

export interface Served {
  readonly url: string
  readonly pid: number
  stop(): Promise<unknown>
}

/** For the prober. */
export interface AgentOptions {
  /** A config file; without one a round is made, and then seldom another. */
  readonly config?: string
  readonly args?: readonly string[]
}

/** The bundle, with a prober that makes rounds of this machine. */
export async function startAgent({ config, args = [] }: AgentOptions = {}): Promise<Agent> {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-bench-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  const [main, seldom] = [join(folder, 'dist/agent/main.js'), join(folder, 'config.yaml')]
  await bundle(join(folder, 'dist'))
  writeFileSync(seldom, 'interval: 10m\n')
  const files = ['--round', join(folder, 'round.json'), '--config', config ?? seldom]
  const prober = execa(process.execPath, [main, 'probe', ...files, ...args], {
    reject: false,
    env: imageEnvironment,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return {
    async serve(args = [], env = {}) {
      const argv = [process.execPath, main, 'serve', '--host', '127.0.0.1', '--port', '0', ...files, ...args]
      const { url, pid = 0, stop } = await startProgram(argv, { ...imageEnvironment, ...env })
      await untilStatus(`${url}/readyz`, 200)
      return { url, pid, stop }
    },
    async stop() {
      prober.kill('SIGTERM')
      await prober
    },
  }
}

/** Microseconds of CPU that a process has used; the kernel counts in ticks of ten milliseconds. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

/** MiB of memory that a process has. */
export function memoryOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}
