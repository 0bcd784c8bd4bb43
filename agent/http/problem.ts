import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { requestLimits } from '#agent/http/clients/client-limits.ts'

/** Headers of every answer. Caches must store nothing: what was true a second ago may be wrong now. */
export const commonHeaders = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const

/** Seconds until a client may ask again. */
export const retryAfter = '5'

export const problemType = 'application/problem+json'

/** An error as RFC 9457 problem details; `members` are the extension members. */
export function problemText(
  status: number,
  detail: string,
  members: Readonly<Record<string, unknown>> = {},
): string {
  const title = STATUS_CODES[status] ?? 'Error'
  return `${JSON.stringify({ type: 'about:blank', title, status, detail, ...members })}\n`
}

export function sendProblem(reply: FastifyReply, status: number, detail: string): void {
  reply.code(status).headers(commonHeaders).type(problemType).send(problemText(status, detail))
}

/** 503, and when to ask again. */
export function sendUnavailable(reply: FastifyReply, detail: string): void {
  sendProblem(reply.header('retry-after', retryAfter), 503, detail)
}

/** Answers on the bare socket, because what Node.js's parser refuses never becomes a request. */
export function answerBadClient(error: Error & { code?: string }, socket: Duplex): void {
  const isUnderWay = error.code === pipelined
  if (error.code === 'ECONNRESET' || isUnderWay || !socket.writable) return void socket.destroy()
  const [status, detail] = clientErrors[error.code ?? ''] ?? [400, 'this is not HTTP/1.1']
  answerOnSocket(socket, { status, detail })
}

/** Milliseconds for the answer to arrive: a connection that is reset at once may lose it. */
const lastTime = 1_000

/**
 * Answers on a socket that nobody else owns any more: without a listener its error would end the process, and unread bytes or a
 * client that does not close would keep it open, so that the server could not stop.
 */
export function answerLast(socket: Duplex, answer: { status: number; detail: string }): void {
  socket.on('error', () => socket.destroy())
  socket.resume()
  const timer = setTimeout(() => socket.destroy(), lastTime)
  socket.once('close', () => clearTimeout(timer))
  answerOnSocket(socket, answer)
}

/** Answers with problem details where there is no response object, and closes the connection. */
function answerOnSocket(socket: Duplex, { status, detail }: { status: number; detail: string }): void {
  const body = problemText(status, detail)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    ...(status === 405 ? ['allow: GET, HEAD'] : []),
    ...Object.entries(commonHeaders).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** The code of a request that came before the previous response had ended; nothing may be written into that response. */
const pipelined = 'HPE_CB_HEADERS_COMPLETE'

/** https://nodejs.org/api/http.html#event-clienterror */
const clientErrors: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    `the header is larger than ${requestLimits.maxHeaderSize / 1024} KiB, or has more than ${requestLimits.maxHeadersCount} lines`,
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not arrive in time'],
}
