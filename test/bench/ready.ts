import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { startHttp } from '#agent/http/start-http.ts'
import { fakeSource } from '../http/report-fixture.ts'

/**
 * How many requests a second `/ready/<name>` answers, and how long the slowest of a hundred takes. The server is a
 * process of its own; the load, from this one, is one request at a time on each of 32 connections.
 */
const connections = 32
/** Milliseconds. */
const warmUp = 1_000
const measured = 4_000

if (process.argv[2] === 'serve') await serve()
else await measure()

async function serve(): Promise<void> {
  const server = await startHttp({ source: fakeSource(), host: '127.0.0.1', port: 0, publishing: () => null })
  process.send?.(server.address)
  process.once('disconnect', () => process.exit(0))
  process.on('message', () => process.send?.(process.cpuUsage()))
}

async function measure(): Promise<void> {
  // As main.ts runs it.
  const server = fork(import.meta.filename, ['serve'], { execArgv: ['--no-turbo-fast-api-calls'] })
  try {
    const [address] = await once(server, 'message')
    const url = new URL('/ready/kubernetes-node', String(address))
    await load(url, warmUp)
    const before = await cpuOf(server)
    const took = await load(url, measured)
    const cpu = (await cpuOf(server)) - before
    const sorted = Float64Array.from(took).toSorted()
    const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0
    const rate = (sorted.length * 1_000) / measured
    const perCore = (sorted.length * 1_000_000) / cpu
    console.log(
      `/ready/<name>: ${rate.toFixed(0)} requests/s, p99 ${p99.toFixed(2)} ms (${connections} connections)`,
    )
    console.log(
      `the server used ${(cpu / measured / 10).toFixed(0)} % of a core: ${perCore.toFixed(0)} requests per second of its CPU`,
    )
  } finally {
    server.disconnect()
  }
}

/** Microseconds of CPU that the server has used. */
async function cpuOf(server: ReturnType<typeof fork>): Promise<number> {
  server.send('cpu')
  const [usage] = (await once(server, 'message')) as [NodeJS.CpuUsage]
  return usage.user + usage.system
}

/** Asks for so many milliseconds; returns how long each answer took. */
async function load(url: URL, duration: number): Promise<number[]> {
  const took: number[] = []
  const end = performance.now() + duration
  await Promise.all(Array.from({ length: connections }, () => askAgainAndAgain(url, end, took)))
  return took
}

/** A bare socket: an HTTP client would cost more than the server that is measured. */
function askAgainAndAgain(url: URL, end: number, took: number[]): Promise<void> {
  const request = `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`
  const socket = connect(Number(url.port), url.hostname)
  let asked = performance.now()
  return new Promise((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      const now = performance.now()
      if (!chunk.toString('latin1', 0, 15).startsWith('HTTP/1.1 200 OK'))
        return reject(new Error(chunk.toString()))
      took.push(now - asked)
      asked = now
      if (now < end) socket.write(request)
      else socket.end(resolve)
    })
    socket.on('error', reject)
    socket.write(request)
  })
}
