import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Explain } from '#agent/model/explanation.ts'
import { renderExplanation } from '#agent/render/explain.ts'
import { renderExplanationJson } from '#agent/render/explain-json.ts'
import { longestLog, routes } from './contract/contract.ts'
import { onceGone } from '#agent/http/clients/let-go.ts'
import { sendProblem, sendUnavailable } from './problem.ts'
import { addRoute, prefer } from './server.ts'

export interface ExplainOptions {
  /** null where it is switched off. */
  readonly explain: Explain | null
  readonly log: Logger | undefined
}

/** POST /v1/explain: what the lines of a log point to, and what this host says of it. One log at a time. */
export function addExplainRoute(app: FastifyInstance, { explain, log }: ExplainOptions): void {
  const place = onePlace()
  void app.register(async (scope) => {
    // Whatever a client calls it (curl: a form), it is a text.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: longestLog }, (_request, body, done) =>
      done(null, body),
    )
    // Before the body is read: else everybody could have a megabyte kept for them at once.
    scope.addHook('onRequest', (request, reply, done) => {
      if (request.method !== 'POST') return done()
      // Of a body that is not read nothing more is waited for.
      if (explain === null) return sendProblem(reply.header('connection', 'close'), 403, off)
      if (isFromElsewhere(request)) return sendProblem(reply, 403, 'another site may not ask this')
      if (!place.take(request, reply)) return busy(reply)
      return done()
    })
    addRoute(scope, routes.explain, async ({ query }, request, reply) => {
      const { body } = request
      if (explain === null || !Buffer.isBuffer(body) || body.length === 0)
        return sendProblem(reply, 400, 'the body must be the text of a log')
      try {
        return sendExplanation(request, reply, await place.whileHeld(request, explain(body, query)))
      } catch (error) {
        log?.error({ err: error }, 'a log could not be explained')
        const detail = 'this log takes too much time or memory; send less of it'
        return sendUnavailable(reply, detail)
      }
    })
  })
}

/** One request has it: until its client has gone, and until its log is read. */
function onePlace() {
  let holder: FastifyRequest | null = null
  let isReading = false
  const leave = (request: FastifyRequest) => {
    if (holder === request && !isReading) holder = null
  }
  return {
    take(request: FastifyRequest, reply: FastifyReply): boolean {
      if (holder !== null) return false
      holder = request
      onceGone(reply.raw, () => leave(request))
      return true
    },
    async whileHeld<T>(request: FastifyRequest, reading: Promise<T>): Promise<T> {
      isReading = true
      try {
        return await reading
      } finally {
        isReading = false
        leave(request)
      }
    },
  }
}

const off = 'logs are not explained here; "http: { explain: true }" in the config switches it on'

function busy(reply: FastifyReply): void {
  sendUnavailable(reply, 'another log is being explained; ask again')
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
