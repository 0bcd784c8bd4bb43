import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

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
    refusePipelined(socket)
    socket.once('close', () => open.delete(socket))
    const [oldest] = open
    if (open.size <= mostConnections || oldest === undefined) return
    open.delete(oldest)
    oldest.destroy()
  })
  const stopLooking = endSlow(open)
  server.once('close', stopLooking)
}

/** Of answers that are made while they are taken: each holds some parts of itself. */
const mostLong = 32
const long = new Set<ServerResponse>()

/**
 * Of too many long answers the oldest is ended, for the same reason. Each starts when all that was asked at the same time is
 * there, so that of hundreds most are ended before.
 */
export function startLong(answer: ServerResponse, start: () => void): void {
  long.add(answer)
  answer.once('close', () => long.delete(answer))
  setImmediate(() => {
    if (!answer.destroyed) start()
  })
  const [oldest] = long
  if (long.size <= mostLong || oldest === undefined) return
  long.delete(oldest)
  oldest.destroy()
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

/** Of Node.js's HTTP server, as it is inside: what makes a request of a header that is there. */
interface Inside {
  readonly parser?: {
    onIncoming?: (request: unknown, keepAlive: boolean) => number
  }
  /** The answer under way. */
  readonly _httpMessage?: unknown
}

/** Says to Node.js's parser that it must not go on: neither with what is there of this connection nor with what comes. */
const stopParsing = -1

/**
 * A request that was sent before the answer to the one before it had ended is kept, by Node.js itself, until it is its
 * turn; and a client can send thousands in one packet. No client that is in use does: the connection is ended. This is done
 * where requests are made: when the application sees them, all of a packet are made already.
 */
function refusePipelined(socket: Socket): void {
  const { parser } = socket as Inside
  const make = parser?.onIncoming
  if (parser === undefined || make === undefined) return
  parser.onIncoming = (request, keepAlive) =>
    (socket as Inside)._httpMessage ? stopParsing : make(request, keepAlive)
}
