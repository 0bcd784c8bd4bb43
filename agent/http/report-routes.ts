import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fingerprint } from '#agent/render/fingerprint.ts'
import { jsonParts } from '#agent/render/formats/json.ts'
import { startLong } from '#agent/http/clients/client-limits.ts'
import { sendKept } from './compression.ts'
import { routes } from './contract/contract.ts'
import { sendUnknownCheck } from './unknown-check.ts'
import { sendUnavailable } from './problem.ts'
import { addRoute } from './server.ts'
import { tagOf } from './take-snapshot.ts'
import { relevanceOf, withRelevance } from '#agent/model/relevance.ts'
import type { History } from '#agent/model/history.ts'
import { noRoundYet } from '#agent/model/snapshot.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'

const json = 'application/json; charset=utf-8'

/** GET /v1/report and /v1/checks/<name>: the whole report and one check as JSON. */
export function addReportRoutes(
  app: FastifyInstance,
  look: (request: FastifyRequest) => Snapshot,
  history: (check: string) => History,
): void {
  addRoute(app, routes.report, (_asked, request, reply) => sendReport(request, reply, look(request)))
  addRoute(app, routes.check, ({ params: { name } }, request, reply) => {
    const { report } = look(request)
    if (report === null) return sendNotYet(reply)
    const check = report.checks.find((check) => check.name === name)
    if (check === undefined) return sendUnknownCheck(reply, name, report)
    sendTagged(
      request,
      reply.type(json),
      tagged(
        `${JSON.stringify({ node: report.node, ...withRelevance(check, relevanceOf(report)), ...historyOf(history(check.name)) }, null, 2)}\n`,
      ),
    )
  })
}

export function sendReport(request: FastifyRequest, reply: FastifyReply, snapshot: Snapshot): void {
  const { report, crashes } = snapshot
  if (report === null) return sendNotYet(reply)
  sendTagged(request, reply.type(json), {
    body: () => jsonParts(report, crashes),
    etag: tagOf(snapshot, 'json'),
  })
}

/** `history`: the last changes, newest first; `historySince`: since when they are kept. */
function historyOf({ since, changes }: History) {
  return { history: changes, historySince: since }
}

export interface Tagged {
  /** A function makes the body in parts, as the client reads them: the whole may be larger than the heap. */
  readonly body: Buffer | (() => Iterable<string>)
  readonly etag: string
}

/** The body is bytes, because a string would be converted again for each slow client. */
export function tagged(text: string): Tagged {
  return { body: Buffer.from(text), etag: `"${fingerprint(text)}"` }
}

/** Answers 304 to a client that has it already. */
export function sendTagged(request: FastifyRequest, reply: FastifyReply, { body, etag }: Tagged): void {
  reply.headers({ etag, vary: [reply.getHeader('vary') ?? [], 'accept-encoding'].flat().join(', ') })
  if (hasAlready(request.headers['if-none-match'], etag))
    return void reply.code(304).removeHeader('content-type').send()
  if (sendKept(request, reply, etag)) return
  if (typeof body !== 'function') return void reply.send(body)
  startLong(reply.raw, () => void reply.send(Readable.from(body())))
}

/** Weak comparison (RFC 9110, 13.1.2), because compressing proxies make a tag weak. */
function hasAlready(header: string | undefined, etag: string): boolean {
  const known = header?.split(',').map((one) => one.trim().replace(/^W\//, '')) ?? []
  return known.includes(etag) || known.includes('*')
}

export function sendNotYet(reply: FastifyReply): void {
  sendUnavailable(reply, noRoundYet)
}
