import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { sendProblem } from '#agent/http/problem.ts'
import type { ReviewApi } from '#agent/node/review-api.ts'
import { openJudge } from './judge.ts'
import type { Judge, Verdict } from './judge.ts'
import { accessOf, exemptRoutes, shownRoute } from './paths.ts'
import { tokenIn } from './token.ts'

export interface AuthOptions {
  readonly api: ReviewApi
  /** A token must be for one of these. */
  readonly audiences: readonly string[]
  /** Paths that need no token: "/ready/" is all below it. */
  readonly exempt: readonly string[]
}

export interface GuardOptions extends AuthOptions {
  readonly log: Logger | undefined
}

/** Tells whether a request came with a token that may read what it asks for. */
export interface Guard {
  isAuthorized(request: FastifyRequest): boolean
}

/**
 * What the API server has not allowed yet and one address may have reviewed in a minute. Behind address translation all pods of a node
 * share an address, and all may start at once.
 */
const newOfOneAddress = { max: 256, timeWindow: 60_000 }

/** Lets only requests through whose token may read their path. Call it before routes are added. */
export async function addGuard(
  app: FastifyInstance,
  { api, audiences, exempt, log }: GuardOptions,
): Promise<Guard> {
  const exemptions = exemptRoutes(exempt)
  const routes = new Set<string>()
  const authorized = new WeakSet<FastifyRequest>()
  const answer = openAnswers(audiences)
  await app.register(rateLimit, { global: false })
  const decide = decideBy(openJudge(api, audiences, log), app.createRateLimit(newOfOneAddress))
  app.addHook('onRoute', ({ url }) => void routes.add(url))
  app.addHook('onReady', (done) => {
    exemptions.check(routes)
    done()
  })
  app.addHook('onRequest', async (request, reply) => {
    if (exemptions.includes(request.routeOptions.url ?? '')) return undefined
    const verdict = await decide(request)
    if (verdict.says === 'allowed') {
      authorized.add(request)
      return undefined
    }
    answer(verdict, request, reply)
    return reply
  })
  return { isAuthorized: (request) => authorized.has(request) }
}

type Limit = ReturnType<FastifyInstance['createRateLimit']>

function decideBy(judge: Judge, limitOf: Limit): (request: FastifyRequest) => Promise<Verdict | NoToken> {
  return async (request) => {
    const token = tokenIn(request.headers.authorization)
    if (token === null) return { says: 'no token' }
    const limit = async () => {
      const count = await limitOf(request)
      return !count.isAllowed && count.isExceeded ? count.ttlInSeconds : null
    }
    return judge({ token, ...accessOf(request), limit })
  }
}

interface NoToken {
  readonly says: 'no token'
}

/** Nothing in an answer, and no header of it, is from the request. */
function openAnswers(audiences: readonly string[]) {
  const needed = `a bearer token for the audience ${audiences.join(' or ')} is needed`
  return (verdict: Verdict | NoToken, request: FastifyRequest, reply: FastifyReply): void => {
    switch (verdict.says) {
      case 'no token':
        return sendProblem(reply.header('www-authenticate', realm), 401, needed)
      case 'unknown token':
        return sendProblem(
          reply.header('www-authenticate', `${realm}, error="invalid_token"`),
          401,
          `the API server does not accept this token: it has expired, is nobody's, or is for another audience; ${needed}`,
        )
      case 'too many':
        return sendProblem(
          reply.header('retry-after', String(verdict.wait)),
          429,
          'too many requests of this address have tokens or paths that were not allowed before',
        )
      case 'unavailable':
        return sendProblem(
          reply.header('retry-after', String(verdict.wait)),
          503,
          'the API server cannot be asked now whether this token may read this',
        )
      default:
        return sendProblem(reply, 403, lacking(request))
    }
  }
}

const realm = 'Bearer realm="hostdeps"'

function lacking(request: FastifyRequest): string {
  const path = shownRoute(request.routeOptions.url ?? '')
  return `the token's user lacks the right to ${accessOf(request).verb} the nonResourceURL ${path}`
}
