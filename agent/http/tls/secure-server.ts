import type { RequestListener, ServerOptions } from 'node:http'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { answerLast } from '#agent/http/problem.ts'
import type { Rotating } from './rotating.ts'

/** Milliseconds for a handshake. Node.js's own two minutes would let silent clients keep all places. */
const handshakeTimeout = 10_000

/** Node.js's HTTPS server, whose certificate may change while it serves. */
export function createSecureServer(options: ServerOptions, handler: RequestListener, tls: Rotating): Server {
  const server = createServer({ ...options, ...tls.options, handshakeTimeout }, handler)
  tls.follow(server)
  server.on('tlsClientError', answerPlain)
  endHandshakes(server)
  return server
}

/** Tells a client that speaks plain HTTP why it gets nothing. The socket is the one below that of TLS, which is over. */
function answerPlain(error: NodeJS.ErrnoException, socket: TLSSocket): void {
  const { _parent: below } = socket as { _parent?: Socket }
  if (error.code !== 'ERR_SSL_HTTP_REQUEST' || below === undefined || below.destroyed) return
  answerLast(below, { status: 400, detail: 'this port speaks HTTPS, and the request is plain HTTP' })
}

/** Node.js counts a connection from the end of its handshake on, so that those before would keep the server from stopping. */
function endHandshakes(server: Server): void {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  const closeCounted = server.closeAllConnections.bind(server)
  server.closeAllConnections = () => {
    closeCounted()
    for (const socket of open) socket.destroy()
  }
}
