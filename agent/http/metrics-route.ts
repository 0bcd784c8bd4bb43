import type { FastifyInstance } from 'fastify'
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import { renderMetrics } from '../render/metrics.ts'
import { addRoute } from './server.ts'
import type { Sight } from './sight.ts'

/** Milliseconds: the default of 10 would wake the process a hundred times a second. */
const eventLoopMonitoringPrecision = 1_000

export interface MetricsOptions {
  readonly look: () => Sight
  readonly waiting: () => number
}

/** GET /metrics: the report, this server, and this process. */
export function addMetricsRoute(app: FastifyInstance, { look, waiting }: MetricsOptions): void {
  const server = new Registry()
  new Gauge({
    name: 'hostdeps_http_waiting_requests',
    help: 'Requests that wait at /ready/<name>?wait= for a check to become ready.',
    registers: [server],
    collect() {
      this.set(waiting())
    },
  })
  addRoute(app, '/metrics', async (_request, reply) => {
    const { report, stale, unpublished } = look()
    const parts = [
      renderMetrics({ report, isStale: stale !== null, isPublished: unpublished === null, now: new Date() }),
      server.metrics(),
      processRegistry().metrics(),
    ]
    const text = await Promise.all(parts)
    await reply.type(server.contentType).send(text.join('\n'))
  })
}

let shared: Registry | null = null

/** One for the process, however many servers it has: prom-client watches garbage collections for each. */
function processRegistry(): Registry {
  if (shared !== null) return shared
  shared = new Registry()
  collectDefaultMetrics({ register: shared, prefix: 'hostdeps_', eventLoopMonitoringPrecision })
  return shared
}
