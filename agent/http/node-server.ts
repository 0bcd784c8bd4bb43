import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { limitConnections, requestLimits } from './client-limits.ts'
import { answerBadClient, answerOnSocket, commonHeaders, problemText, problemType } from './problem.ts'

/** Milliseconds to receive a request. Waiting for the answer may take far longer. */
const requestTimeout = 10_000
/** Milliseconds of silence on a connection: more than the longest wait, so that it never cuts one off. */
const connectionTimeout = 660_000

/**
 * Node.js's HTTP server with our limits, and with problem details where it would answer by itself. Everything is set up here, because
 * fastify makes a server for each address of "localhost" but sets up only the first.
 */
export function createNodeServer(handler: RequestListener): Server {
  const server = createServer(
    {
      connectionsCheckingInterval: 5_000,
      headersTimeout: requestTimeout,
      keepAliveTimeout: 75_000,
      maxHeaderSize: requestLimits.maxHeaderSize,
      requestTimeout,
      // Node.js would answer without a body; `refuseHost` explains.
      requireHostHeader: false,
      // Ignoring an upgrade is allowed (RFC 9110, 7.8). On the second address fastify would accept it and never answer.
      shouldUpgradeCallback: () => false,
    },
    handler,
  )
  server.setTimeout(connectionTimeout)
  limitConnections(server)
  server.on('clientError', answerBadClient)
  server.on('checkExpectation', refuseExpectation)
  server.on('connect', refuseTunnel)
  return server
}

function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const body = problemText(417, 'Expect: only 100-continue is supported')
  response
    .writeHead(417, {
      ...commonHeaders,
      'content-type': problemType,
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    })
    .end(body)
}

/** Milliseconds for the answer to arrive: a connection that is reset at once may lose it. */
const tunnelTime = 1_000

/**
 * Nobody else owns this socket any more: without a listener its error would end the process, and unread bytes or a client that
 * does not close would keep it open, so that the server could not stop.
 */
function refuseTunnel(_request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy())
  socket.resume()
  const timer = setTimeout(() => socket.destroy(), tunnelTime)
  socket.once('close', () => clearTimeout(timer))
  answerOnSocket(socket, { status: 405, detail: 'CONNECT is not served here, only GET and HEAD' })
}
