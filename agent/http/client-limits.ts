import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * What a client may take of this process's memory: anybody in the cluster may ask, and the heap is 48 MiB. Requests are
 * small (HTTP's own default is 16 KiB of header, a body would be kept until somebody reads it), one at a time on a
 * connection, and connections are bounded.
 */
export const requestLimits = {
  /** Bytes; a browser sends about one thousand, without cookies. */
  maxHeaderSize: 4 * 1024,
  maxHeadersCount: 64,
  /** Bytes. Nothing here takes a body. */
  bodyLimit: 1_024,
} as const

/** Each costs some 9 kB (measured). A node has some hundred pods. */
const mostConnections = 1_024

/** Milliseconds. Who has not taken an answer from one look to the next is not going to, and what it is kept for goes. */
const lookEach = 30_000

/** Of too many connections the oldest is ended, not the newest refused: else who holds them all keeps the kubelet out. */
export function limitConnections(server: Server): void {
  server.maxHeadersCount = requestLimits.maxHeadersCount
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    const [oldest] = open
    if (open.size <= mostConnections || oldest === undefined) return
    open.delete(oldest)
    oldest.destroy()
  })
  const stopLooking = endSlow(open)
  server.once('close', stopLooking)
}

function endSlow(open: ReadonlySet<Socket>): () => void {
  let before = new Set<Socket>()
  const timer = setInterval(() => {
    const slow = [...open].filter((socket) => socket.writableLength > 0)
    for (const socket of slow) if (before.has(socket)) socket.destroy()
    before = new Set(slow)
  }, lookEach)
  return () => clearInterval(timer)
}

/**
 * A request that was sent before the answer to the one before it had ended would wait for that, with its own answer, and so
 * would thousands of them. No client that is in use sends so; the connection is ended.
 */
export function refusePipelined(request: FastifyRequest, reply: FastifyReply): boolean {
  if (reply.raw.socket !== null) return false
  reply.hijack()
  request.raw.destroy()
  return true
}
