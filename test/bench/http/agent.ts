import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { bundle } from '../../../build.ts'
import { atEnd } from '../../at-end.ts'
import { startProgram, untilStatus } from '../../hosts/cli.ts'
import { imageHeap } from '../../setup/image-heap.ts'

/** As in the image. */
export const imageEnvironment = { NODE_OPTIONS: imageHeap(), MALLOC_ARENA_MAX: '1' }

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

/** The bundle, with a prober that made one round of this machine. */
export async function startAgent(): Promise<Agent> {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-bench-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  const [main, round, config] = ['dist/agent/main.js', 'round.json', 'config.yaml'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  await bundle(join(folder, 'dist'))
  writeFileSync(config, 'interval: 10m\n')
  const files = ['--round', round, '--config', config]
  const prober = execa(process.execPath, [main, 'probe', ...files], {
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
