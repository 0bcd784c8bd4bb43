import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** What is asked again and again. */
export interface Target {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

export interface Load {
  readonly connections: number
  /** Milliseconds. */
  readonly duration: number
}

/**
 * Asks one request at a time on each connection; returns how many milliseconds each answer took. Bare sockets and one buffer for each,
 * because an HTTP client costs more than the server that is measured.
 */
export async function load(target: Target, { connections, duration }: Load): Promise<number[]> {
  const took: number[] = []
  const end = performance.now() + duration
  await Promise.all(Array.from({ length: connections }, () => askAgainAndAgain(target, end, took)))
  return took
}

function askAgainAndAgain(target: Target, end: number, took: number[]): Promise<void> {
  const request = requestText(target)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let [left, asked] = [0, performance.now()]
  const take = (size: number, buffer: Uint8Array): boolean => {
    if (left === 0) left = lengthOf(buffer.subarray(0, size))
    left -= size
    if (left > 0) return true
    const now = performance.now()
    took.push(now - asked)
    asked = now
    if (now < end) socket.write(request, 'latin1')
    else socket.end(resolve)
    return true
  }
  const socket: Socket = connect({
    port: Number(target.url.port),
    host: target.url.hostname,
    onread: { buffer: Buffer.allocUnsafe(64 * 1024), callback: take },
  })
  socket.on('error', reject)
  socket.write(request, 'latin1')
  return promise
}

export function requestText({ url, headers }: Target): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n${lines.join('')}\r\n`
}

/** Bytes of an answer, by its head; throws for another than 200. */
function lengthOf(start: Uint8Array): number {
  const text = Buffer.from(start.buffer, start.byteOffset, start.length).toString('latin1')
  const body = text.indexOf('\r\n\r\n') + 4
  const [, length] = /^content-length: (\d+)\r$/im.exec(text.slice(0, body)) ?? []
  if (!text.startsWith('HTTP/1.1 200 ') || length === undefined) throw new Error(text.slice(0, 500))
  return body + Number(length)
}
