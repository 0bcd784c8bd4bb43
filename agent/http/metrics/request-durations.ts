import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Histogram, Metric } from 'prom-client'

const metric = {
  name: 'hostdeps_http_request_duration_seconds',
  help: 'How long answered requests took. A route is a pattern, or none; requests that may wait have the route /ready/:name?wait.',
  type: 'histogram',
  aggregator: 'sum',
} as const

/** Upper bounds of the buckets, in milliseconds; the last has none. */
const bounds = [1, 10, 100, 1_000]

/** Of one route, method and code. */
interface Series {
  readonly labels: Readonly<Record<'route' | 'method' | 'code', string>>
  /** By bucket, each without those below it. */
  readonly counts: Float64Array
  /** Milliseconds. */
  sum: number
}

/**
 * How long requests take, from their header to the last byte that is handed to the kernel. The labels are a closed list: the
 * pattern of a route, never a URL, and the codes that this server answers with. Set it up before all other hooks.
 *
 * It counts by itself, and listens to the end of an answer by itself: a Histogram, and Fastify's hook for it, take a tenth of the time
 * that the smallest answers take.
 */
export function measureRequests(app: FastifyInstance): Metric {
  const all: Series[] = []
  const known = new Map<string, Map<string, Series[]>>()
  const seriesOf = (route: string, method: string, code: number): Series => {
    const methods = known.get(route) ?? new Map<string, Series[]>()
    const codes = methods.get(method) ?? []
    const series = codes[code] ?? {
      labels: { route, method, code: String(code) },
      counts: new Float64Array(bounds.length + 1),
      sum: 0,
    }
    if (codes[code] === undefined) all.push(series)
    codes[code] = series
    methods.set(method, codes)
    known.set(route, methods)
    return series
  }
  app.addHook('onRequest', (request, reply, done) => {
    const start = performance.now()
    reply.raw.on('finish', () => {
      const series = seriesOf(routeOf(request), methodOf(request), reply.raw.statusCode)
      observe(series, performance.now() - start)
    })
    done()
  })
  // What a registry asks of a metric, which prom-client's types do not offer to others.
  return {
    ...metric,
    get: async () => ({ ...metric, values: all.flatMap(samplesOf) }),
  } as unknown as Histogram
}

function observe(series: Series, took: number): void {
  let bucket = 0
  while (bucket < bounds.length && took > (bounds[bucket] ?? 0)) bucket++
  series.counts[bucket] = (series.counts[bucket] ?? 0) + 1
  series.sum += took
}

/** As a registry has them of a histogram: each bucket with those below it, then the sum, in seconds, and the count. */
function samplesOf({ labels, counts, sum }: Series) {
  let below = 0
  const buckets = [...counts].map((count, index) => {
    const bound = bounds[index]
    const le = bound === undefined ? '+Inf' : bound / 1_000
    return { metricName: `${metric.name}_bucket`, labels: { le, ...labels }, value: (below += count) }
  })
  return [
    ...buckets,
    { metricName: `${metric.name}_sum`, labels, value: sum / 1_000 },
    { metricName: `${metric.name}_count`, labels, value: below },
  ]
}

/** A path without a route is "none". */
function routeOf({ routeOptions: { url = 'none' }, query }: FastifyRequest): string {
  // Without it the contract makes it 0.
  const { wait = 0 } = query as { readonly wait?: unknown }
  return wait !== 0 && url.startsWith('/ready/') ? `${url}?wait` : url
}

function methodOf({ method }: FastifyRequest): string {
  return method === 'GET' || method === 'HEAD' ? method : 'other'
}
