import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Explain } from '#agent/model/explanation.ts'
import { renderExplanation } from '#agent/render/explain.ts'
import { renderExplanationJson } from '#agent/render/explain-json.ts'
import { longestLog, routes } from './contract/contract.ts'
import { retryAfter, sendProblem } from './problem.ts'
import { addRoute, prefer } from './server.ts'

export interface ExplainOptions {
  /** null where it is switched off. */
  readonly explain: Explain | null
  readonly log: Logger | undefined
}

/** POST /v1/explain: what the lines of a log point to, and what this host says of it. One log at a time. */
export function addExplainRoute(app: FastifyInstance, { explain, log }: ExplainOptions): void {
  let isBusy = false
  void app.register(async (scope) => {
    // Whatever a client calls it (curl: a form), it is a text.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: longestLog }, (_request, body, done) =>
      done(null, body),
    )
    addRoute(scope, routes.explain, async ({ query }, request, reply) => {
      if (explain === null) return sendProblem(reply, 403, off)
      if (isFromElsewhere(request)) return sendProblem(reply, 403, 'another site may not ask this')
      const { body } = request
      if (!Buffer.isBuffer(body) || !body.some((byte) => byte > space))
        return sendProblem(reply, 400, 'the body must be the text of a log')
      if (isBusy) return busy(reply)
      isBusy = true
      try {
        return sendExplanation(request, reply, await explain(body, query))
      } catch (error) {
        log?.error({ err: error }, 'a log could not be explained')
        return sendProblem(
          reply.header('retry-after', retryAfter),
          503,
          'this log takes too much time or memory; send less of it',
        )
      } finally {
        isBusy = false
      }
    })
  })
}

/** A byte: up to it they are white space and control characters. */
const space = 0x20

const off = 'logs are not explained here; "http: { explain: true }" in the config switches it on'

function busy(reply: FastifyReply): void {
  sendProblem(reply.header('retry-after', retryAfter), 503, 'another log is being explained; ask again')
}

/** A web page of another site, in a browser that can reach this server. */
function isFromElsewhere({ headers }: FastifyRequest): boolean {
  const { 'sec-fetch-site': site = 'none' } = headers
  return site !== 'none' && site !== 'same-origin'
}

function sendExplanation(
  request: FastifyRequest,
  reply: FastifyReply,
  explanation: Awaited<ReturnType<Explain>>,
): void {
  reply.header('vary', 'accept')
  if (prefer(request, ['text/plain', 'application/json']) === 'text/plain')
    reply.type('text/plain; charset=utf-8').send(renderExplanation(explanation, { color: false }))
  else reply.type('application/json; charset=utf-8').send(renderExplanationJson(explanation))
}
