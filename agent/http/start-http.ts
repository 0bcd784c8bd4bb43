import { setFlagsFromString } from 'node:v8'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Metric } from 'prom-client'
import type { Explain } from '#agent/model/explanation.ts'
import type { PublishStatus, ReportSource } from '#agent/model/report.ts'
import { addMetricsRoute } from '#agent/http/metrics/metrics-route.ts'
import { addCheckRoute } from './check-route.ts'
import { addExplainRoute } from './explain-route.ts'
import type { AuthOptions, Guard, GuardOptions } from './auth/guard.ts'
import { addFrontRoute } from './front-route.ts'
import { isLoopback } from '#agent/http/clients/host-header.ts'
import { addHealthRoutes } from './health-routes.ts'
import { addOpenapiRoute } from './openapi-route.ts'
import { readyAnswers, refusal } from '#agent/http/ready/ready-answers.ts'
import { addReadyRoute } from '#agent/http/ready/ready-route.ts'
import { addReportRoutes } from './report-routes.ts'
import { createServer } from './server.ts'
import { oncePerSnapshot, openSnapshots } from './take-snapshot.ts'
import type { PairFiles } from './tls/pair.ts'
import type { Rotating } from './tls/rotating.ts'
import { addWatchRoute } from './watch/watch-route.ts'
import { openRoom } from '#agent/http/ready/waiting-room.ts'

export interface HttpOptions {
  readonly source: ReportSource
  readonly log?: Logger
  readonly host: string
  /** 0 means any free port. */
  readonly port: number
  /** null when nothing is published. */
  readonly publishing: () => PublishStatus | null
  /** null, or absent, where logs are not explained. */
  readonly explain?: Explain | null
  /** The version of hostdeps, for the metrics. */
  readonly version?: string
  /** Left out for plain HTTP. */
  readonly tls?: PairFiles
  /** Left out to serve everybody. */
  readonly auth?: AuthOptions
}

export interface HttpServer {
  /** "http://127.0.0.1:9465" */
  readonly address: string
  /** Asks waiting clients to try again, and ends within {@link closeWithin}. */
  close(): Promise<void>
}

/** Milliseconds that answers in progress have when the server stops. */
const closeWithin = 3_000

/**
 * A thousand requests that wait outlive many collections of young objects, and V8 then takes it that all requests do: it makes each
 * next one among the old, for good, where it takes twice the time to be rid of.
 */
setFlagsFromString('--no-allocation-site-pretenuring')

/** Serves the newest report. Rejects when it cannot listen on the address; with an UnusableOption for what else it cannot do. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { host, port, log } = options
  const tls = options.tls === undefined ? null : await openTls(options.tls, log)
  const { app, durations } = await createServer(log, tls)
  const guard = options.auth === undefined ? null : await openGuard(app, { ...options.auth, log })
  addRoutes(app, { ...options, durations }, guard)
  const address = await app.listen({ host, port }).catch((error: unknown) => {
    tls?.stop()
    throw error
  })
  return {
    // Of the server that it is given fastify does not know whether it speaks TLS.
    address: tls === null ? address : address.replace('http:', 'https:'),
    async close() {
      const timer = setTimeout(() => app.server.closeAllConnections(), closeWithin)
      await app.close()
      clearTimeout(timer)
      tls?.stop()
    },
  }
}

/** Both are loaded only when they are asked for. */
async function openTls(files: PairFiles, log?: Logger): Promise<Rotating> {
  const { openRotating } = await import('./tls/rotating.ts')
  return openRotating(files, log)
}

async function openGuard(app: FastifyInstance, options: GuardOptions): Promise<Guard> {
  const { addGuard } = await import('./auth/guard.ts')
  return addGuard(app, options)
}

interface RouteOptions extends HttpOptions {
  readonly durations: Metric
}

function addRoutes(app: FastifyInstance, options: RouteOptions, guard: Guard | null): void {
  const { source, publishing, durations, version = 'unknown' } = options
  const trouble = () => publishing()?.trouble ?? null
  const isLocal = () => isLoopback(app.server.address())
  // With a guard pods are named to whom it lets read the report, and to nobody else.
  const look = openSnapshots(source, { trouble, isNamed: () => guard === null && isLocal() })
  const named = guard === null ? look : openSnapshots(source, { trouble, isNamed: () => true })
  const lookFor = (request: FastifyRequest) => (guard?.isAuthorized(request) ? named() : look())
  const answers = oncePerSnapshot(readyAnswers)
  const ask = (name: string) => answers(look())(name)
  const room = openRoom(ask)
  const unsubscribe = source.subscribe(() => room.look())
  app.addHook('preClose', (done) => {
    unsubscribe()
    room.close(refusal('the agent is stopping'))
    done()
  })
  addFrontRoute(app, lookFor, (options.explain ?? null) !== null)
  const history = (name: string) => source.history(name)
  addCheckRoute(app, { look: lookFor, history, version })
  addReportRoutes(app, lookFor, history)
  addReadyRoute(app, { ask, room })
  addWatchRoute(app, source)
  addExplainRoute(app, { explain: options.explain ?? null, log: options.log })
  addHealthRoutes(app, look, { isBrief: guard !== null })
  addOpenapiRoute(app)
  const age = () => source.age()
  addMetricsRoute(app, { look, age, waiting: () => room.size, durations, publishing, version })
}
