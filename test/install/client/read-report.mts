/** A client by the generated types alone, and fetch: prints what a node is missing, and what its gate says. */
import type { components, paths } from './api.js'

type JsonOf<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never
type Problem = components['schemas']['Problem']

async function get<P extends keyof paths>(path: P, name = ''): Promise<JsonOf<P> | Problem> {
  const url = process.argv[2] + path.replace('{name}', name)
  const response = await fetch(url, { headers: { accept: 'application/json' } })
  return (await response.json()) as JsonOf<P> | Problem
}

const report = await get('/v1/report')
if ('detail' in report) throw new Error(report.detail)
const missing = report.checks.filter(({ state }) => state === 'missing').map(({ name }) => name)
const gates: string[] = []
for (const name of ['open-iscsi', 'time-sync', 'no-such-check']) {
  const answer = await get('/ready/{name}', name)
  gates.push(
    'detail' in answer
      ? `${answer.status} ${answer.state ?? 'no state'}: ${answer.fix?.includes('apt-get')}`
      : `${answer.check} is ${answer.state}`,
  )
}
console.log(JSON.stringify({ node: report.node, missing, gates }))
