import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import type { Metric } from 'prom-client'
import type { PublishStatus } from '#agent/model/report.ts'
import { registerReport } from '#agent/render/metrics.ts'
import { endOfMetrics, exposeMetrics, metricsFormats } from '#agent/render/exposition.ts'
import type { MetricsFormat } from '#agent/render/exposition.ts'
import { startLong } from '#agent/http/clients/client-limits.ts'
import { routes } from '#agent/http/contract/contract.ts'
import { addRoute } from '#agent/http/server.ts'
import { chooseFormat } from './choose-format.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'

/** Milliseconds. The default of 10 would wake the process a hundred times a second. */
const eventLoopMonitoringPrecision = 1_000

/** Milliseconds for which the text of the same report is reused, although its age and the process metrics change. */
const keepFor = 5_000

export interface MetricsOptions {
  readonly look: () => Snapshot
  /** Seconds since the newest round ended. */
  readonly age: () => number
  readonly waiting: () => number
  readonly durations: Metric
  /** null when nothing is published. */
  readonly publishing: () => PublishStatus | null
  readonly version: string
}

/** GET /metrics: the report, this server, and this process. */
export function addMetricsRoute(app: FastifyInstance, options: MetricsOptions): void {
  const server = serverRegistry(options)
  const { look, age, publishing } = options
  const mostIn = (format: MetricsFormat) =>
    keepAwhile(async ({ report, stale }) => {
      const input = { report, isStale: stale !== null, publishing: publishing(), age: age() }
      const registries = [registerReport(input), processRegistry()]
      const parts = await Promise.all(registries.map((registry) => exposeMetrics(registry, format)))
      return Buffer.from(parts.join(''))
    })
  const most = { text: mostIn('text'), openMetrics: mostIn('openMetrics') }
  const send = async (reply: FastifyReply, format: MetricsFormat) => {
    const parts = await Promise.all([most[format](look()), exposeMetrics(server, format)])
    // Not joined: all clients share the first part, which is large.
    reply.type(metricsFormats[format]).send(Readable.from([...parts, endOfMetrics[format]]))
  }
  addRoute(app, routes.metrics, (_asked, request, reply) => {
    reply.header('vary', 'accept, accept-encoding')
    const format = chooseFormat(request.headers.accept)
    startLong(reply.raw, () => void send(reply, format).catch((error: unknown) => reply.send(error)))
  })
}

/**
 * Caches what is made of a snapshot until its checks change or {@link keepFor} has passed. A thousand checks take a megabyte, and
 * tens of milliseconds in which nobody else is answered.
 */
function keepAwhile<T>(make: (snapshot: Snapshot) => T): (snapshot: Snapshot) => T {
  let kept: { readonly of: unknown; readonly at: number; readonly value: T } | null = null
  return (snapshot) => {
    const [of, at] = [snapshot.report?.checks, performance.now()]
    if (kept === null || kept.of !== of || at - kept.at >= keepFor) kept = { of, at, value: make(snapshot) }
    return kept.value
  }
}

function serverRegistry({ waiting, durations, version }: MetricsOptions): Registry {
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
    help: 'Requests that wait at /ready/:name?wait for a check to become ready.',
    registers: [],
    collect() {
      this.set(waiting())
    },
  })
  for (const metric of [build, room, durations]) registry.registerMetric(metric)
  return registry
}

/** Gauges with the ending of a counter; their sums by type are there without it. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

let shared: Registry | null = null

/** One per process, however many servers it has, because prom-client watches garbage collections for each. */
function processRegistry(): Registry {
  if (shared !== null) return shared
  shared = new Registry()
  collectDefaultMetrics({ register: shared, eventLoopMonitoringPrecision })
  for (const name of misnamed) shared.removeSingleMetric(name)
  return shared
}
