import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Histogram } from 'prom-client'

/**
 * How long requests take, from their header to the last byte that is handed to the kernel. The labels are a closed list: the
 * pattern of a route, never a URL, and the codes that this server answers with. Set it up before the routes.
 */
export function measureRequests(app: FastifyInstance): Histogram {
  const durations = new Histogram({
    name: 'hostdeps_http_request_duration_seconds',
    help: 'How long answered requests took. A route is a pattern, or none; requests that may wait have the route /ready/:name?wait.',
    labelNames: ['route', 'method', 'code'],
    buckets: [0.001, 0.01, 0.1, 1],
    registers: [],
  })
  const children = new Map<string, ReturnType<typeof durations.labels>>()
  app.addHook('onResponse', (request, reply, done) => {
    const [route, method, code] = [routeOf(request), methodOf(request), String(reply.statusCode)]
    const key = `${route} ${method} ${code}`
    const child = children.get(key) ?? durations.labels(route, method, code)
    children.set(key, child)
    child.observe(reply.elapsedTime / 1_000)
    done()
  })
  return durations
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
