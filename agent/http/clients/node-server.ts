import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerOptions, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { limitConnections, requestLimits } from './client-limits.ts'
import { createSecureServer } from '#agent/http/tls/secure-server.ts'
import type { Rotating } from '#agent/http/tls/rotating.ts'
import { answerBadClient, answerLast, commonHeaders, problemText, problemType } from '#agent/http/problem.ts'

/** Milliseconds to receive a request. Waiting for the answer may take far longer. */
const requestTimeout = 10_000
/** Milliseconds of silence on a connection: more than the longest wait, so that it never cuts one off. */
const connectionTimeout = 660_000

const options: ServerOptions = {
  connectionsCheckingInterval: 5_000,
  headersTimeout: requestTimeout,
  keepAliveTimeout: 75_000,
  maxHeaderSize: requestLimits.maxHeaderSize,
  requestTimeout,
  // Node.js would answer without a body; `refuseHost` explains.
  requireHostHeader: false,
  // Ignoring an upgrade is allowed (RFC 9110, 7.8). On the second address fastify would accept it and never answer.
  shouldUpgradeCallback: () => false,
}

/**
 * Node.js's HTTP server with our limits, and with problem details where it would answer by itself. Everything is set up here, because
 * fastify makes a server for each address of "localhost" but sets up only the first.
 */
export function createNodeServer(handler: RequestListener, tls: Rotating | null = null): Server {
  const server = tls === null ? createServer(options, handler) : createSecureServer(options, handler, tls)
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

function refuseTunnel(_request: IncomingMessage, socket: Duplex): void {
  answerLast(socket, { status: 405, detail: 'CONNECT is not served here, only GET and HEAD' })
}
