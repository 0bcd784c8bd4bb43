import type { FastifyRequest } from 'fastify'
import { UnusableOption } from '#agent/http/unusable-option.ts'

/** For the kubelet's probes, which have no token. They say nothing but whether this process and its report are well. */
const always = ['/healthz', '/readyz']

/** Which routes need no token. It decides by the route that is served, not by how a request writes its path. */
export interface Exempt {
  /** @param route as the router has it: "/ready/:name" */
  includes(route: string): boolean
  /** Throws an {@link UnusableOption} for a prefix that none of these routes has: it is misspelt. */
  check(routes: Iterable<string>): void
}

/** A prefix counts by whole segments: "/v1" is all below it, and "/ready/" is not "/readyz". */
export function exemptRoutes(prefixes: readonly string[]): Exempt {
  const has = (route: string, prefix: string) =>
    route === prefix || route.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
  return {
    includes: (route) => always.includes(route) || prefixes.some((prefix) => has(route, prefix)),
    check(routes) {
      const all = [...routes]
      const wrong = prefixes.find((prefix) => !all.some((route) => has(route, prefix)))
      if (wrong === undefined) return
      const known = [...new Set(all.map(shownRoute))].toSorted().join(', ')
      throw new UnusableOption(`--auth-exempt ${wrong} is no path or folder of these: ${known}`)
    },
  }
}

/** "/ready/*" for "/ready/:name": what a role lists to allow all of them. */
export function shownRoute(route: string): string {
  return route.replace(/:\w+$/, '*')
}

/**
 * The path that the API server is asked about: the matched route with its parameters, whatever way the request wrote them. A
 * parameter is encoded again, so that nothing in it reads as another path.
 */
export function accessOf({ method, params, routeOptions }: FastifyRequest) {
  const given = params as Readonly<Record<string, string | undefined>>
  const fill = (name: string) => encodeURIComponent((given[name] ?? '').toWellFormed())
  const path = (routeOptions.url ?? '').replaceAll(/:(\w+)|\*/g, (all, name?: string) => fill(name ?? all))
  return { path, verb: method === 'HEAD' ? 'get' : method.toLowerCase() }
}
