import fastify from 'fastify'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { requestLimits } from './client-limits.ts'
import { refuseHost } from './host-header.ts'
import { createNodeServer } from './node-server.ts'
import { commonHeaders, sendProblem } from './problem.ts'
import type { Rotating } from './tls/rotating.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply) => void | Promise<void>

/** A server without routes: its limits, its headers, and every error as problem details. */
export function createServer(log?: Logger, tls: Rotating | null = null): FastifyInstance {
  const app = fastify({
    bodyLimit: requestLimits.bodyLimit,
    // fastify's answer while closing is not problem details.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 100, compile: true },
    frameworkErrors: (error, _request, reply) => answerError(error, reply, log),
    serverFactory: (handler) => createNodeServer(handler, tls),
    // The Node.js server has its own handler, and two answers to one error would garble each other.
    clientErrorHandler: () => {},
  })
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(commonHeaders)
    const refusal = refuseHost(request.raw, app.server.address())
    // This is before a body is read.
    if (refusal !== null) sendProblem(reply, ...refusal)
    else if (request.is404) sendNotFound(reply)
    else done()
  })
  app.setErrorHandler<FastifyError>((error, _request, reply) => answerError(error, reply, log))
  return app
}

function sendNotFound(reply: FastifyReply): void {
  const detail = 'not found; the paths are /, /v1/report, /v1/checks/<name>, /ready/<name> and /metrics'
  sendProblem(reply, 404, detail)
}

/** Serves GET and HEAD; every other method gets 405 before a body is read. */
export function addRoute(app: FastifyInstance, url: string, handler: Handler): void {
  app.get(url, handler)
  const others = app.supportedMethods.filter((method) => method !== 'GET' && method !== 'HEAD')
  const refuse: Handler = (request, reply) => {
    reply.header('allow', 'GET, HEAD')
    sendProblem(reply, 405, `${request.method} is not served here, only GET and HEAD`)
  }
  app.route({
    method: others,
    url,
    onRequest: (request, reply) => void refuse(request, reply),
    handler: refuse,
  })
}

/** The ":name" of a route. */
export function nameOf(request: FastifyRequest): string {
  return (request.params as { name: string }).name
}

/** Whether Accept names the type literally. Clients that send weights or wildcards accept either form. */
export function accepts(request: FastifyRequest, type: string): boolean {
  return request.headers.accept?.includes(type) ?? false
}

function answerError(error: Partial<FastifyError>, reply: FastifyReply, log?: Logger): void {
  const status = error.statusCode ?? 500
  if (status < 500) return sendProblem(reply, status, error.message ?? 'the request is invalid')
  log?.error({ err: error }, 'a request failed')
  sendProblem(reply, 500, 'hostdeps itself failed; its log says why')
}
