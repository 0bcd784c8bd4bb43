import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startAgent as startRun, untilStatus } from '../../hosts/cli.ts'
import { startAgent } from './agent.ts'
import { load } from './load.ts'

/** Milliseconds. */
const [warmUp, duration] = [3_000, 5_000]
const aim = 50

/** Starts an agent with these arguments for the half that probes. */
type Start = (config: string, args: readonly string[]) => Promise<{ url: string; stop(): Promise<unknown> }>

/** The same in two processes, as in a cluster, and in one. */
const ways: Readonly<Record<string, Start>> = {
  async 'probe and serve'(config, args) {
    const agent = await startAgent({ config, args })
    const { url, stop } = await agent.serve()
    return { url, stop: () => Promise.all([stop(), agent.stop()]) }
  },
  run: (config, args) => startRun('--config', config, ...args),
}

/** Prints how long the slowest of many answers takes while a program of a check hangs, and before: what a busy machine adds is in both. */
export async function measureWhileHanging(): Promise<void> {
  for (const [way, start] of Object.entries(ways)) {
    const folder = mkdtempSync(join(tmpdir(), 'hostdeps-bench-hung-'))
    try {
      await measureWay(`hostdeps ${way}`, start, folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

async function measureWay(name: string, start: Start, folder: string): Promise<void> {
  const inside = (file: string) => join(folder, file)
  const [config, checks, tool, started] = [
    inside('c.yaml'),
    inside('checks'),
    inside('tool'),
    inside('started'),
  ]
  const settings = 'interval: 5s\ndeadline: 60s\n'
  mkdirSync(checks)
  writeFileSync(join(checks, 'my-tool.yaml'), checkOf(`- binary: ${tool}\n    run: [status]`))
  writeFileSync(join(checks, 'beside.yaml'), checkOf('- binary: sh'))
  writeFileSync(config, settings)
  const agent = await start(config, ['--checks', checks, '--allow-commands'])
  try {
    const url = new URL('/ready/beside', agent.url)
    await untilStatus(url.href, 200)
    await load({ url, headers: {} }, { connections: 1, duration: warmUp })
    const before = await longestOf(url)
    writeFileSync(tool, `#!/bin/sh\ntouch ${started}\nexec sleep 50\n`, { mode: 0o755 })
    writeFileSync(config, `# The next round comes at once.\n${settings}`)
    while (!existsSync(started)) await sleep(50)
    const hanging = await longestOf(url)
    console.log(
      `/ready/<name> of ${name} while a program of a check hangs: the longest answer took ${hanging} (aim: ${aim} ms); before: ${before}`,
    )
  } finally {
    await agent.stop()
  }
}

function checkOf(need: string): string {
  return `title: t\nwhy: w\nneeds:\n  ${need}\nfix:\n  all: { note: n }\n`
}

async function longestOf(url: URL): Promise<string> {
  const took = await load({ url, headers: {} }, { connections: 1, duration })
  const sorted = Float64Array.from(took).toSorted()
  const at = (index: number) => (sorted.at(index) ?? Number.NaN).toFixed(1)
  return `${at(-1)} ms, and 99.9 % of ${took.length} answers ${at(Math.floor(took.length * 0.999))}`
}
