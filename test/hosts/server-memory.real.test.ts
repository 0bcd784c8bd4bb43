import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { systemClock } from '../../agent/host/clock.ts'
import { readRoundFile } from '../../agent/rounds/round-file.ts'
import { bundle } from '../../build.ts'
import { imageHeap, memoryLimit } from '../setup/image-heap.ts'
import { startProgram } from './cli.ts'

/** Anybody in a cluster may ask. The server as the image has it, the bundle with its small heap, asked with ill will. */
const folder = mkdtempSync(join(tmpdir(), 'hostdeps-memory-'))
const round = join(folder, 'round.json')
const main = join(folder, 'dist/agent/main.js')
let server: Awaited<ReturnType<typeof startProgram>>
let sockets: Socket[] = []

beforeAll(async () => {
  await bundle(join(folder, 'dist'))
  await makeRound()
  const argv = [process.execPath, main, 'serve', '--round', round, '--host', '127.0.0.1', '--port', '0']
  server = await startProgram(argv, { NODE_OPTIONS: imageHeap() })
}, 60_000)
afterEach(async () => {
  const all = sockets
  sockets = []
  await Promise.all(all.map(close))
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const get = (path: string, header = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${header}\r\n`
const wait = '/ready/never?wait=10m'
const browser = 'Accept: text/html\r\n'
const names = Array.from({ length: 400 }, (_, name) => `${name}:\r\n`).join('')
const post = 'POST /nope HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n'

test.each<[what: string, clients: number, request: string]>([
  ['waiting, a cookie of 12 kB each', 2_500, get(wait, `Cookie: ${'a'.repeat(12_000)}\r\n`)],
  ['waiting, as large as a header may be', 2_500, get(wait, `Cookie: ${'a'.repeat(3_900)}\r\n`)],
  ['waiting, of many names', 2_500, get(wait, names)],
  ['waiting, of many parameters', 2_500, get(`${wait}${names.replaceAll(':\r\n', '&')}`)],
  ['waiting, with a body', 2_500, get(wait, 'Content-Length: 100000\r\n') + 'a'.repeat(60_000)],
  ['waiting, a thousand on each connection', 200, get(wait).repeat(1_000)],
  ['a body that nobody wants', 2_500, post + 'a'.repeat(59_000)],
  ['the report, never taken', 2_500, get('/v1/report')],
  ['the report a hundred times, never taken', 500, get('/v1/report').repeat(100)],
  ['the page, never taken', 2_500, get('/', browser)],
  ['metrics, never taken', 2_500, get('/metrics')],
  ['half a header', 2_500, get('/').slice(0, -2) + `Cookie: ${'a'.repeat(3_900)}`],
  ['nothing', 2_500, ''],
])('%s, by %i clients', { timeout: 120_000 }, async (_, clients, request) => {
  for (let count = 0; count < clients; count += 50)
    await Promise.all(Array.from({ length: 50 }, () => ask(request)))
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  expect((await fetch(`${server.url}/v1/report`)).status).toBe(200)
  const peak = peakOf(server.pid)
  console.log(`at most ${peak} MiB so far`)
  expect(peak).toBeLessThan(memoryLimit('server'))
})

/** Of this machine, with one check more that is never ready; it does not get old. */
async function makeRound(): Promise<void> {
  const checks = join(folder, 'checks')
  await execa('mkdir', [checks])
  writeFileSync(join(checks, 'never.yaml'), 'title: t\nwhy: w\nneeds:\n  - file: /nowhere/at/all\n')
  const probe = execa(process.execPath, [main, 'probe', '--round', round, '--checks', checks], {
    reject: false,
  })
  await vi.waitUntil(() => 'round' in readRoundFile(round), { timeout: 60_000 })
  probe.kill('SIGTERM')
  await probe
  const { settings, ...others } = JSON.parse(readFileSync(round, 'utf8'))
  const lasting = { ...others, boot: systemClock.boot(), settings: { ...settings, interval: 3_600_000 } }
  writeFileSync(round, JSON.stringify(lasting))
}

/** Sends it, and reads nothing. */
async function ask(request: string): Promise<void> {
  const { hostname, port } = new URL(server.url)
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
