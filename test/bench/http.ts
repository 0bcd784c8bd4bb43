import { startAgent } from './http/agent.ts'
import { measureWhileHanging } from './http/hanging.ts'
import { measureHeld } from './http/held.ts'
import { kindsOf, measureByAutocannon, measureRates, printAims } from './http/rates.ts'
import { startReviewApi } from './http/review-api.ts'

/**
 * How many requests the server answers, beside a bare server of Node.js; how long they take while the host hangs; and what clients that
 * stay cost. The server is `hostdeps serve` of the bundle, with the heap of the image and a round of this machine.
 */
/** A check that is ready where this runs, and one that is not: their answers are of different kinds. */
const agent = await startAgent()
try {
  const server = await agent.serve()
  const guarded = await agent.serve(['--auth', 'kubernetes'], { KUBECONFIG: await startReviewApi() })
  const [ready, missing] = await pickChecks(server.url)
  await measureHeld(server, missing)
  printAims()
  const kinds = kindsOf(server, ready)
  const [first] = kindsOf(guarded, ready).map((kind) => ({
    ...kind,
    name: `${kind.name} with --auth`,
    headers: { ...kind.headers, authorization: 'Bearer some.long.token' },
  }))
  await measureRates(first === undefined ? kinds : [...kinds, first])
  for (const kind of kinds.slice(0, 1)) await measureByAutocannon(kind)
  await Promise.all([server.stop(), guarded.stop()])
} finally {
  await agent.stop()
}
await measureWhileHanging()

/** Of the round's checks one that is ready and one that is missing. */
async function pickChecks(url: string): Promise<readonly [ready: string, missing: string]> {
  const { checks } = (await (await fetch(`${url}/v1/report`)).json()) as {
    readonly checks: readonly { readonly name: string; readonly state: string }[]
  }
  const nameOf = (state: string) => checks.find((check) => check.state === state)?.name
  const [ready, missing] = [nameOf('ready'), nameOf('missing')]
  if (ready === undefined || missing === undefined) throw new Error('this machine has no such checks')
  return [ready, missing]
}
