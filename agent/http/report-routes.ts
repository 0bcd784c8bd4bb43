import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { renderJson } from '../render/json.ts'
import { unknownCheck } from './near-names.ts'
import { problemType, retryAfter, sendProblem } from './problem.ts'
import { addRoute, nameOf } from './server.ts'
import { oncePerSight } from './sight.ts'
import type { Sight } from './sight.ts'

const json = 'application/json; charset=utf-8'

/** GET /v1/report and /v1/checks/<name>: the report as JSON, whole and by check. */
export function addReportRoutes(app: FastifyInstance, look: () => Sight): void {
  const whole = oncePerSight(({ report }) => (report === null ? null : tagged(renderJson(report))))
  addRoute(app, '/v1/report', (request, reply) => {
    const made = whole(look())
    if (made === null) return sendNotYet(reply)
    sendTagged(request, reply.type(json), made)
  })
  addRoute(app, '/v1/checks/:name', (request, reply) => {
    const { report } = look()
    if (report === null) return sendNotYet(reply)
    const check = report.checks.find(({ name }) => name === nameOf(request))
    if (check === undefined)
      return void reply
        .code(404)
        .type(problemType)
        .send(unknownCheck(nameOf(request), report))
    sendTagged(
      request,
      reply.type(json),
      tagged(`${JSON.stringify({ node: report.node, ...check }, null, 2)}\n`),
    )
  })
}

export interface Tagged {
  readonly body: Buffer
  readonly etag: string
}

/** As bytes: a text would be turned into bytes of its own for each client that is slow to take it. */
export function tagged(text: string, etag = etagOf(text)): Tagged {
  return { body: Buffer.from(text), etag }
}

export function etagOf(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
}

/** 304 for a client that has it already. */
export function sendTagged(request: FastifyRequest, reply: FastifyReply, { body, etag }: Tagged): void {
  reply.header('etag', etag)
  if (hasAlready(request.headers['if-none-match'], etag)) reply.code(304).removeHeader('content-type').send()
  else reply.send(body)
}

/** Weak comparison (RFC 9110, 13.1.2): proxies that compress make a tag weak. */
function hasAlready(header: string | undefined, etag: string): boolean {
  const known = header?.split(',').map((one) => one.trim().replace(/^W\//, '')) ?? []
  return known.includes(etag) || known.includes('*')
}

function sendNotYet(reply: FastifyReply): void {
  reply.header('retry-after', retryAfter)
  sendProblem(reply, 503, 'no round has finished yet')
}
