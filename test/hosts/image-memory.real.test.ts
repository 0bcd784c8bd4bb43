import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { systemClock } from '#agent/host/clock.ts'
import type { Report } from '#agent/model/report.ts'
import { bundle } from '../../build.ts'
import { patience } from '../patience.ts'
import { manyChecks } from '../rounds/many-checks.ts'
import { imageHeap, memoryLimit } from '../setup/image-heap.ts'
import { startProgram } from './cli.ts'

/** Both halves as the image has them: the bundle, with its small heap. */
const folder = mkdtempSync(join(tmpdir(), 'hostdeps-memory-'))
const main = join(folder, 'dist/agent/main.js')
const env = { NODE_OPTIONS: imageHeap() }
let sockets: Socket[] = []

beforeAll(() => bundle(join(folder, 'dist')), 60_000)
afterEach(async () => {
  const all = sockets
  sockets = []
  await Promise.all(all.map(close))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const get = (path: string, header = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${header}\r\n`
const wait = '/ready/never?wait=10m'
const names = Array.from({ length: 400 }, (_, name) => `${name}:\r\n`).join('')
const post = 'POST /nope HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n'

/** Anybody in a cluster may ask, with ill will too. */
const attacks: readonly [what: string, clients: number, request: string][] = [
  ['waiting, a cookie of 12 kB each', 2_500, get(wait, `Cookie: ${'a'.repeat(12_000)}\r\n`)],
  ['waiting, as large as a header may be', 2_500, get(wait, `Cookie: ${'a'.repeat(3_900)}\r\n`)],
  ['waiting, of many names', 2_500, get(wait, names)],
  ['waiting, of many parameters', 2_500, get(`${wait}${names.replaceAll(':\r\n', '&')}`)],
  ['waiting, with a body', 2_500, get(wait, 'Content-Length: 100000\r\n') + 'a'.repeat(60_000)],
  ['waiting, a thousand in a packet', 2_500, get(wait).repeat(1_000)],
  ['no HTTP/1.1, three thousand times in a packet', 2_500, 'GET / HTTP/1.1\r\n\r\n'.repeat(3_000)],
  ['a body that nobody wants', 2_500, post + 'a'.repeat(59_000)],
  ['the report, never taken', 2_500, get('/v1/report')],
  // What has run often by now is compiled, and may be thrown away again: see main.ts.
  ['the report again, never taken', 2_500, get('/v1/report')],
  ['the report a hundred times, never taken', 500, get('/v1/report').repeat(100)],
  ['the page, never taken', 500, get('/', 'Accept: text/html\r\n')],
  ['the page of a check, never taken', 2_500, get('/checks/longhorn', 'Accept: text/html\r\n')],
  ['the text, never taken', 2_500, get('/')],
  ['metrics, never taken', 2_500, get('/metrics')],
  ['half a header', 2_500, get('/').slice(0, -2) + `Cookie: ${'a'.repeat(3_900)}`],
  ['nothing', 2_500, ''],
]

describe.each([
  ['the shipped checks', 0],
  ['1,000 own checks more', 1_000],
])('with %s', (_, count) => {
  const round = join(folder, `round-${count}.json`)
  let server: Awaited<ReturnType<typeof startProgram>>
  let checks = 0
  let timer: NodeJS.Timeout | undefined
  beforeAll(async () => {
    const own = join(folder, `checks-${count}`)
    mkdirSync(own)
    const texts = { ...manyChecks(count), never: never() }
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(own, `${name}.yaml`), text)
    checks = await probe(round, own)
    // Rounds come, meanwhile, more often than in any cluster.
    renew(round)
    timer = setInterval(() => renew(round), 1_000)
    const argv = [process.execPath, main, 'serve', '--round', round, '--host', '127.0.0.1', '--port', '0']
    server = await startProgram(argv, env)
  })
  afterAll(async () => {
    clearInterval(timer)
    await server?.stop()
  })

  test.each(attacks)('%s, by %i clients', async (_what, clients, request) => {
    for (let asked = 0; asked < clients; asked += 250)
      await Promise.all(Array.from({ length: 250 }, () => ask(server.url, request)))
    expect(server.ended()).toBeNull()
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    // While it works off what was asked, a long answer may be ended for a later one.
    await vi.waitFor(async () => expect(await countChecks(server.url)).toBe(checks), { timeout: patience })
    const peak = peakOf(server.pid)
    console.log(`the server takes ${peak} MiB at most so far`)
    expect(peak).toBeLessThan(memoryLimit('server'))
  })
})

async function countChecks(url: string): Promise<number> {
  const report = (await (await fetch(`${url}/v1/report`)).json()) as Report
  return report.checks.length
}

function never(): string {
  return 'title: Never\nwhy: So that a test can wait.\nneeds:\n  - file: /nowhere/at/all\n'
}

/** Rounds of this machine; returns how many checks they have. */
async function probe(round: string, own: string): Promise<number> {
  const config = join(folder, 'config.yaml')
  writeFileSync(config, 'interval: 5s\n')
  const argv = [main, 'probe', '--round', round, '--checks', own, '--config', config]
  const prober = execa(process.execPath, argv, { reject: false, all: true, env })
  const boots = new Set<number>()
  try {
    // Several, since the first is not the largest: what was read is kept.
    await vi.waitUntil(() => boots.add(bootOf(round)).size > 3, { timeout: patience, interval: 200 })
    const peak = peakOf(prober.pid)
    console.log(`the prober takes ${peak} MiB at most`)
    expect(peak).toBeLessThan(memoryLimit('prober'))
  } finally {
    prober.kill('SIGTERM')
    await prober
  }
  const { checks, probing } = JSON.parse(readFileSync(round, 'utf8'))
  expect(probing.cut).toBe(0)
  return checks.length
}

function bootOf(round: string): number {
  try {
    return JSON.parse(readFileSync(round, 'utf8')).boot
  } catch {
    return 0
  }
}

/** The same round, made now; each check stays on its line. */
function renew(round: string): void {
  const text = readFileSync(round, 'utf8').replace(/"boot":\d+/, `"boot":${systemClock.boot()}`)
  writeFileSync(`${round}.next`, text.replace(/"interval":\d+/, '"interval":60000'))
  renameSync(`${round}.next`, round)
}

/** Sends it, and reads nothing. */
async function ask(url: string, request: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  sockets.push(socket)
  // It may be ended at any time.
  socket.on('error', () => {}).pause()
  await Promise.race([once(socket, 'connect'), once(socket, 'close')])
  await new Promise((done) => socket.write(request, done))
}

async function close(socket: Socket): Promise<void> {
  if (!socket.destroyed) await once(socket.destroy(), 'close')
}

/** MiB. */
function peakOf(pid: number | undefined): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1024)
}
