import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { limitConnections, requestLimits } from './client-limits.ts'
import { answerBadClient, answerOnSocket, commonHeaders, problemText, problemType } from './problem.ts'

/** Milliseconds to receive a request; waiting for an answer may take far longer. */
const requestTimeout = 10_000
/** Milliseconds of a silent connection: longer than the longest wait, so that it never cuts one. */
const connectionTimeout = 660_000

/**
 * Node.js's HTTP server with our limits, and with problem details where it would answer by itself. fastify makes one for
 * each address of "localhost", and sets up only the first: so all of it is done here.
 */
export function createNodeServer(handler: RequestListener): Server {
  const server = createServer(
    {
      connectionsCheckingInterval: 5_000,
      headersTimeout: requestTimeout,
      keepAliveTimeout: 75_000,
      maxHeaderSize: requestLimits.maxHeaderSize,
      requestTimeout,
      // Its answer would be bare: `refuseHost` has words for it.
      requireHostHeader: false,
      // The protocol may stay as it is (RFC 9110, 7.8). fastify would take an upgrade on the second address, and not answer.
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
  const body = problemText(417, 'of Expect only 100-continue is understood')
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
 * The socket is nobody's any more: without a listener its error would end the process, and unread bytes or a client that
 * does not close would keep it open, so that the server could not stop.
 */
function refuseTunnel(_request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy())
  socket.resume()
  const timer = setTimeout(() => socket.destroy(), tunnelTime)
  socket.once('close', () => clearTimeout(timer))
  answerOnSocket(socket, { status: 405, detail: 'CONNECT is not served here, only GET and HEAD' })
}
