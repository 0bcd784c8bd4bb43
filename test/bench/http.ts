import { startAgent } from './http/agent.ts'
import type { Served } from './http/agent.ts'
import { measureWhileHanging } from './http/hanging.ts'
import { measureHeld } from './http/held.ts'
import { measureByAutocannon, measureRates } from './http/rates.ts'
import type { Kind } from './http/rates.ts'
import { startReviewApi } from './http/review-api.ts'

/**
 * How many requests the server answers, beside a bare server of Node.js; what clients that stay cost it; and how long an answer takes
 * while the host hangs. The server is `hostdeps serve` of the bundle, with the heap of the image and a round of this machine.
 */
const agent = await startAgent()
try {
  const server = await agent.serve()
  const guarded = await agent.serve(['--auth', 'kubernetes'], { KUBECONFIG: await startReviewApi() })
  const checks = await statesOf(server.url)
  await measureHeld(server, oneOf(checks, 'missing'))
  const path = `/ready/${oneOf(checks, 'ready')}`
  const ready = kindOf(server, '/ready/<name>', { path })
  await measureRates([
    ready,
    kindOf(server, '/ready/<name> as JSON', { path, accept: 'application/json' }),
    kindOf(server, '/v1/report, gzip', { path: '/v1/report', 'accept-encoding': 'gzip' }),
    kindOf(guarded, '/ready/<name> with --auth', { path, authorization: 'Bearer a.token' }),
  ])
  await measureByAutocannon(ready)
  await Promise.all([server.stop(), guarded.stop()])
} finally {
  await agent.stop()
}
await measureWhileHanging()

function kindOf(
  { url, pid }: Served,
  name: string,
  { path = '', ...headers }: Readonly<Record<string, string>>,
): Kind {
  return { name, pid, url: new URL(path, url), headers }
}

/** Checks with their states. */
async function statesOf(url: string): Promise<ReadonlyMap<string, string>> {
  const response = await fetch(`${url}/v1/report`)
  const { checks } = (await response.json()) as {
    readonly checks: readonly { readonly name: string; readonly state: string }[]
  }
  return new Map(checks.map(({ name, state }) => [name, state]))
}

function oneOf(checks: ReadonlyMap<string, string>, state: string): string {
  const [check] = [...checks].find(([, has]) => has === state) ?? []
  if (check === undefined) throw new Error(`of this machine no check is ${state}`)
  return check
}
