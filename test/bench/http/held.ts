import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { memoryOf } from './agent.ts'
import type { Served } from './agent.ts'
import { requestText } from './load.ts'

/** As many as one address may have wait, and streams. */
const [waitersOfOne, streamsOfOne] = [250, 50]
const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']
/** MiB. */
const aim = 40
/** Milliseconds after which memory is what it stays. */
const calm = 3_000

/** Prints the memory of the server before, and while it holds 1,000 waiting requests and 200 streams. */
export async function measureHeld({ url, pid }: Served, missing: string): Promise<void> {
  const before = memoryOf(pid)
  const hold = (path: string, count: number) =>
    Promise.all(
      addresses.flatMap((from) => Array.from({ length: count }, () => open(new URL(path, url), from))),
    )
  const waiters = await hold(`/ready/${missing}?wait=10m`, waitersOfOne)
  await untilWaiting(url, waiters.length)
  await sleep(calm)
  const waiting = memoryOf(pid)
  const streams = await hold('/v1/watch', streamsOfOne)
  await Promise.all(streams.map((socket) => once(socket, 'data')))
  await sleep(calm)
  const both = memoryOf(pid)
  const closed = [...waiters, ...streams].filter((socket) => socket.closed || socket.readableEnded)
  if (closed.length > 0) throw new Error(`${closed.length} were not held`)
  console.log(
    `memory of the server: ${before.toFixed(1)} MiB; with ${waiters.length} waiting requests ${waiting.toFixed(1)}; and ${streams.length} streams ${both.toFixed(1)}: ${(both - before).toFixed(1)} MiB more (aim: at most ${aim})`,
  )
  for (const socket of [...waiters, ...streams]) socket.destroy()
}

async function open(url: URL, from: string): Promise<Socket> {
  const socket = connect({ host: url.hostname, port: Number(url.port), localAddress: from })
  await once(socket, 'connect')
  socket.write(requestText({ url, headers: {} }))
  return socket
}

async function untilWaiting(url: string, count: number): Promise<void> {
  for (;;) {
    const body = await (await fetch(`${url}/metrics`)).text()
    if (body.includes(`\nhostdeps_http_waiting_requests ${count}\n`)) return
    await sleep(100)
  }
}
