import type { Server, ServerResponse } from 'node:http'
import { Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import { onceGone } from './let-go.ts'
import { boundClients } from './bounded-clients.ts'

/**
 * Bounds on the memory that a client can use: anybody in the cluster may ask, and the heap is 64 MiB. Requests are small (Node.js
 * allows 16 KiB of header, and keeps a body until somebody reads it), a connection has one at a time, and connections are bounded.
 */
export const requestLimits = {
  /** Bytes. A browser sends about 1,000 without cookies. */
  maxHeaderSize: 4 * 1024,
  maxHeadersCount: 64,
  /** Bytes. Nothing here takes a body. */
  bodyLimit: 1_024,
} as const

/** Each costs about 9 kB (measured). A node has about a hundred pods, and each of them may wait. */
const connectionBounds = { most: 2_048, mostOfOneAddress: 1_024 }
/** Over TLS, where each costs about 90 kB (measured), most of it outside of the heap. */
const secureBounds = { most: 256, mostOfOneAddress: 192 }

/** Milliseconds. A client that still has unread data at the next look is cut off, which frees what was kept for it. */
const lookEach = 30_000

/**
 * Closes the oldest connections when there are too many, and slow ones. A connection counts from its first packet; over TLS what HTTP
 * is spoken on is another socket, which comes after the handshake.
 */
export function limitConnections(server: Server | SecureServer): void {
  const isSecure = server instanceof SecureServer
  server.maxHeadersCount = requestLimits.maxHeadersCount
  const bounds = isSecure ? secureBounds : connectionBounds
  const open = boundClients<Socket>(bounds, (socket) => socket.destroy())
  server.on('connection', (socket: Socket) => {
    socket.once('close', open.add(socket.remoteAddress ?? '', socket))
  })
  const spoken = new Set<Socket>()
  server.on(isSecure ? 'secureConnection' : 'connection', (socket: Socket) => {
    spoken.add(socket)
    socket.once('close', () => spoken.delete(socket))
    refusePipelined(socket)
  })
  const stopLooking = endSlow(spoken)
  server.once('close', stopLooking)
}

/** Streamed responses: each one buffers parts of its body. */
const long = boundClients<ServerResponse>({ most: 32, mostOfOneAddress: 24 }, (answer) => answer.destroy())

/** A response starts one tick late, so that a burst is trimmed before any body is built. */
export function startLong(answer: ServerResponse, start: () => void): void {
  onceGone(answer, long.add(answer.socket?.remoteAddress ?? '', answer))
  setImmediate(() => {
    if (!answer.destroyed) start()
  })
}

function endSlow(open: Iterable<Socket>): () => void {
  let before = new Set<Socket>()
  const timer = setInterval(() => {
    const slow = [...open].filter((socket) => socket.writableLength > 0)
    for (const socket of slow) if (before.has(socket)) socket.destroy()
    before = new Set(slow)
  }, lookEach)
  return () => clearInterval(timer)
}

/** The internals of Node.js's HTTP server that turn a received header into a request. */
interface Inside {
  readonly parser?: {
    onIncoming?: (request: unknown, keepAlive: boolean) => number
  }
  /** The response in progress. */
  readonly _httpMessage?: unknown
}

/** Stops Node.js's parser for this connection, for data that is there and data that comes. */
const stopParsing = -1

/**
 * Closes a connection that sends a request before the previous response has ended. Node.js would queue such requests, and one packet
 * can hold thousands; no client in use does this. It happens here, in the parser, because the application sees a packet's requests
 * only when all of them are built.
 */
function refusePipelined(socket: Socket): void {
  const { parser } = socket as Inside
  const make = parser?.onIncoming
  if (parser === undefined || make === undefined) return
  parser.onIncoming = (request, keepAlive) =>
    (socket as Inside)._httpMessage ? stopParsing : make(request, keepAlive)
}
