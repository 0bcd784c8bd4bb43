import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ReportCheck } from '#agent/model/report.ts'
import { freePorts } from '../free-ports.ts'
import { patience } from '../patience.ts'
import { untilStatus } from './cli.ts'
import { main } from '../hostdeps-main.ts'

/** The two halves as two processes, with the round file between them. */
const folder = mkdtempSync(join(tmpdir(), 'hostdeps-halves-'))
const [round, config] = [join(folder, 'round.json'), join(folder, 'config.yaml')]
writeFileSync(config, 'interval: 5s\nunknownAfter: 20s\n')
const [port = 0] = await freePorts(1)
const url = `http://127.0.0.1:${port}`
const start = (...args: string[]) =>
  execa(process.execPath, [main, ...args, '--round', round, '--config', config], {
    reject: false,
    forceKillAfterDelay: patience,
  })
let prober: ReturnType<typeof start>
let server: ReturnType<typeof start>

beforeAll(() => {
  server = start('serve', '--port', String(port))
})
afterAll(async () => {
  prober?.kill('SIGCONT')
  for (const half of [prober, server]) {
    half?.kill('SIGTERM')
    await half
  }
  rmSync(folder, { recursive: true, force: true })
})

test('before the first round: not ready, with the reason', async () => {
  await untilAnswer()
  const response = await fetch(`${url}/ready/overlay`)
  expect([response.status, await response.text()]).toEqual([
    503,
    expect.stringContaining('the prober has not written one'),
  ])
})

test('a round is served as soon as it is written', async () => {
  prober = start('probe')
  await untilStatus(`${url}/readyz`, 200)
  expect((await check()).state).not.toBe('unknown')
})

test('the prober listens to nothing', () => {
  const listening = ['tcp', 'tcp6'].flatMap((kind) =>
    readFileSync(`/proc/${prober.pid}/net/${kind}`, 'utf8')
      .split('\n')
      .filter((line) => / 0A /.test(line)),
  )
  const sockets = new Set(listening.map((line) => `socket:[${line.trim().split(/\s+/)[9]}]`))
  const open = readdirSync(`/proc/${prober.pid}/fd`).map((name) => linkOf(`/proc/${prober.pid}/fd/${name}`))
  expect(sockets.size).toBeGreaterThan(0)
  expect(open.filter((link) => sockets.has(link))).toEqual([])
})

test.each([
  ['garbage', () => replaceRound('garbage'), 'truncated, or is not JSON'],
  ['an older version', () => replaceRound('{"v":0}'), 'has version 0'],
  ['nothing at all', () => rmSync(round), 'it does not exist'],
])('%s in its place is unknown, and passes by itself', async (_, spoil, words) => {
  const before = (await check()).state
  // Its next round would take the place of it, before or after it is looked at.
  prober.kill('SIGSTOP')
  spoil()
  await untilStatus(`${url}/readyz`, 503)
  expect(await check()).toMatchObject({
    state: 'unknown',
    reason: 'RoundStale',
    message: expect.stringContaining(words),
  })
  prober.kill('SIGCONT')
  await untilStatus(`${url}/readyz`, 200)
  expect((await check()).state).toBe(before)
})

test('a prober that is stopped: unknown at once it is late, told after unknownAfter, and back by itself', async () => {
  const before = await check()
  prober.kill('SIGSTOP')
  await untilStatus(`${url}/readyz`, 503)
  expect(await check()).toMatchObject({
    state: 'unknown',
    reason: 'RoundStale',
    published: { state: before.state },
  })
  await expect.poll(async () => (await check()).published.state).toBe('unknown')
  prober.kill('SIGCONT')
  await untilStatus(`${url}/readyz`, 200)
  expect((await check()).state).toBe(before.state)
})

/** At once, as the prober does: who truncates a file and then writes it shows an empty one in between. */
function replaceRound(text: string): void {
  writeFileSync(`${round}.other`, text)
  renameSync(`${round}.other`, round)
}

async function check(): Promise<ReportCheck> {
  const response = await fetch(`${url}/v1/checks/overlay`)
  return (await response.json()) as ReportCheck
}

async function untilAnswer(): Promise<void> {
  for (const start = performance.now(); performance.now() - start < patience;) {
    const isUp = await fetch(`${url}/healthz`).then(
      () => true,
      () => false,
    )
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
