import type { FastifyInstance } from 'fastify'
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import type { PublishStatus } from '../model/report.ts'
import { renderMetrics } from '../render/metrics.ts'
import { addRoute } from './server.ts'
import type { Sight } from './sight.ts'

/** Milliseconds: the default of 10 would wake the process a hundred times a second. */
const eventLoopMonitoringPrecision = 1_000

export interface MetricsOptions {
  readonly look: () => Sight
  /** Seconds since the newest round. */
  readonly age: () => number
  readonly waiting: () => number
  /** null when nothing is published. */
  readonly publishing: () => PublishStatus | null
  readonly version: string
}

/** GET /metrics: the report, this server, and this process. */
export function addMetricsRoute(app: FastifyInstance, options: MetricsOptions): void {
  const server = serverRegistry(options)
  const { look, age, publishing } = options
  addRoute(app, '/metrics', async (_request, reply) => {
    const { report, stale } = look()
    const parts = [
      renderMetrics({ report, isStale: stale !== null, publishing: publishing(), age: age() }),
      server.metrics(),
      processRegistry().metrics(),
    ]
    const text = await Promise.all(parts)
    await reply.type(server.contentType).send(text.join('\n'))
  })
}

function serverRegistry({ waiting, version }: MetricsOptions): Registry {
  const registry = new Registry()
  const build = new Gauge({
    name: 'hostdeps_build_info',
    help: 'The version of hostdeps and of the Node.js that runs it, always 1.',
    labelNames: ['version', 'nodejs'],
    registers: [],
  })
  build.set({ version, nodejs: process.version }, 1)
  const room = new Gauge({
    name: 'hostdeps_http_waiting_requests',
    help: 'Requests that wait at /ready/<name>?wait= for a check to become ready.',
    registers: [],
    collect() {
      this.set(waiting())
    },
  })
  for (const metric of [build, room]) registry.registerMetric(metric)
  return registry
}

let shared: Registry | null = null

/** One for the process, however many servers it has: prom-client watches garbage collections for each. */
function processRegistry(): Registry {
  if (shared !== null) return shared
  shared = new Registry()
  collectDefaultMetrics({ register: shared, prefix: 'hostdeps_', eventLoopMonitoringPrecision })
  return shared
}
