import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Explain } from '#agent/model/explanation.ts'
import type { PublishStatus, ReportSource } from '#agent/model/report.ts'
import { addMetricsRoute } from '#agent/http/metrics/metrics-route.ts'
import { measureRequests } from '#agent/http/metrics/request-durations.ts'
import { addCheckRoute } from './check-route.ts'
import { addExplainRoute } from './explain-route.ts'
import { addFrontRoute } from './front-route.ts'
import { isLoopback } from './host-header.ts'
import { addHealthRoutes } from './health-routes.ts'
import { addOpenapiRoute } from './openapi-route.ts'
import { readyAnswers, refusal } from './ready-answers.ts'
import { addReadyRoute } from './ready-route.ts'
import { addReportRoutes } from './report-routes.ts'
import { createServer } from './server.ts'
import { oncePerSnapshot, openSnapshots } from './take-snapshot.ts'
import { addWatchRoute } from './watch/watch-route.ts'
import { openRoom } from './waiting-room.ts'

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
}

export interface HttpServer {
  /** "http://127.0.0.1:9465" */
  readonly address: string
  /** Asks waiting clients to try again, and ends within {@link closeWithin}. */
  close(): Promise<void>
}

/** Milliseconds that answers in progress have when the server stops. */
const closeWithin = 3_000

/** Serves the newest report. Rejects when it cannot listen on the address. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const app = await createServer(options.log)
  addRoutes(app, options)
  const address = await app.listen({ host: options.host, port: options.port })
  return {
    address,
    async close() {
      const timer = setTimeout(() => app.server.closeAllConnections(), closeWithin)
      await app.close()
      clearTimeout(timer)
    },
  }
}

function addRoutes(app: FastifyInstance, options: HttpOptions): void {
  const { source, publishing, version = 'unknown' } = options
  const look = openSnapshots(source, {
    trouble: () => publishing()?.trouble ?? null,
    isNamed: () => isLoopback(app.server.address()),
  })
  const answers = oncePerSnapshot(readyAnswers)
  const ask = (name: string) => answers(look())(name)
  const room = openRoom(ask)
  const unsubscribe = source.subscribe(() => room.look())
  app.addHook('preClose', (done) => {
    unsubscribe()
    room.close(refusal('the agent is stopping'))
    done()
  })
  const durations = measureRequests(app)
  addFrontRoute(app, look)
  const history = (name: string) => source.history(name)
  addCheckRoute(app, { look, history, version })
  addReportRoutes(app, look, history)
  addReadyRoute(app, { ask, room })
  addWatchRoute(app, source)
  addExplainRoute(app, { explain: options.explain ?? null, log: options.log })
  addHealthRoutes(app, look)
  addOpenapiRoute(app)
  const age = () => source.age()
  addMetricsRoute(app, { look, age, waiting: () => room.size, durations, publishing, version })
}
