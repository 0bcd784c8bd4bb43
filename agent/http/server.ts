import accepts from '@fastify/accepts'
import fastify from 'fastify'
import type { Metric } from 'prom-client'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type * as z from 'zod'
import { measureRequests } from '#agent/http/metrics/request-durations.ts'
import { requestLimits } from '#agent/http/clients/client-limits.ts'
import { addCompression } from './compression.ts'
import { routes } from './contract/contract.ts'
import type { Route } from './contract/contract.ts'
import { readBy } from './contract/read-request.ts'
import { isLoopback, refuseHost } from '#agent/http/clients/host-header.ts'
import { createNodeServer } from '#agent/http/clients/node-server.ts'
import { refuseHead } from '#agent/http/clients/request-head.ts'
import { commonHeaders, sendProblem } from './problem.ts'
import type { Rotating } from './tls/rotating.ts'

/** The parameters and the query of a request, as the contract of its route reads them. */
interface Asked<R extends Route> {
  readonly params: z.output<R['params']>
  readonly query: z.output<R['query']>
}

type Handler<R extends Route> = (
  asked: Asked<R>,
  request: FastifyRequest,
  reply: FastifyReply,
) => void | Promise<void>

interface CreatedServer {
  readonly app: FastifyInstance
  /** How long its requests take. */
  readonly durations: Metric
}

/** Characters of a name in a path: more than any check's, so that a wrong one is said in the answer. */
const longestName = 100

/** A server without routes: its limits, its headers, and every error as problem details. */
export async function createServer(log?: Logger, tls: Rotating | null = null): Promise<CreatedServer> {
  const app = fastify({
    bodyLimit: requestLimits.bodyLimit,
    // fastify's answer while closing is not problem details.
    return503OnClosing: false,
    // Without these Fastify loads its own compilers. Routes have zod's schemas, and none for answers.
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    routerOptions: { maxParamLength: longestName, compile: true },
    frameworkErrors: (error, _request, reply) => answerError(error, reply, log),
    serverFactory: (handler) => createNodeServer(handler, tls),
    // The Node.js server has its own handler, and two answers to one error would garble each other.
    clientErrorHandler: () => {},
  })
  app.setValidatorCompiler<z.ZodObject>(({ schema }) => readBy(schema))
  const durations = measureRequests(app)
  const isLocal = localityOf(app)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(commonHeaders)
    const strange = refuseHead(request.raw)
    const refusal = refuseHost(request.raw, isLocal())
    // This is before a body is read.
    if (strange !== null) sendProblem(reply.header('connection', 'close'), 400, strange)
    else if (refusal !== null) sendProblem(reply, ...refusal)
    else if (request.is404) sendNotFound(reply)
    else done()
  })
  await app.register(accepts)
  await addCompression(app)
  app.setErrorHandler<FastifyError>((error, _request, reply) => answerError(error, reply, log))
  return { app, durations }
}

function noCompiler(): never {
  throw new Error('there is no compiler of JSON Schema here')
}

/** Whether the server listens on loopback. It is asked of the kernel once: that takes as long as a tenth of the smallest answers. */
function localityOf(app: FastifyInstance): () => boolean {
  let known: boolean | null = null
  return () => {
    if (known !== null) return known
    const local = app.server.address()
    if (local !== null) known = isLoopback(local)
    return known ?? false
  }
}

const paths = Object.values(routes).map(({ url }) => url.replace(':name', '<name>'))
const notFound = `not found; the paths are ${paths.join(', ')}`

function sendNotFound(reply: FastifyReply): void {
  sendProblem(reply, 404, notFound)
}

/** Serves a route of the contract; a GET also as HEAD. Another method gets 405 before a body is read. */
export function addRoute<R extends Route>(app: FastifyInstance, route: R, handler: Handler<R>): void {
  const { method, url, params, query, isLong } = route
  app.route({
    method,
    url,
    compress: isLong ? {} : false,
    schema: { params, querystring: query },
    handler: (request, reply) => handler(request as unknown as Asked<R>, request, reply),
  })
  const served = method === 'GET' ? ['GET', 'HEAD'] : [method]
  const refuse = (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('allow', served.join(', '))
    sendProblem(reply, 405, `${request.method} is not served here, only ${served.join(' and ')}`)
  }
  app.route({
    method: app.supportedMethods.filter((one) => !served.includes(one)),
    url,
    onRequest: refuse,
    handler: refuse,
  })
}

/** Of the types of an answer, the one that the client would rather have; the first where it does not care, or wants none of them. */
export function prefer<T extends string>(request: FastifyRequest, types: readonly [T, ...T[]]): T {
  const { accept = '*/*' } = request.headers
  const best = accept === '*/*' ? false : request.type([...types])
  return types.find((type) => type === best) ?? types[0]
}

const tooLong = `there is no check whose name has more than ${longestName} characters`

function answerError(error: Partial<FastifyError>, reply: FastifyReply, log?: Logger): void {
  // fastify would call the whole URL too long (414), and repeat it.
  if (error.code === 'FST_ERR_MAX_PARAM_LENGTH') return sendProblem(reply, 404, tooLong)
  const status = error.statusCode ?? 500
  if (status < 500) return sendProblem(reply, status, error.message ?? 'the request is invalid')
  log?.error({ err: error }, 'a request failed')
  sendProblem(reply, 500, 'hostdeps itself failed; its log says why')
}
