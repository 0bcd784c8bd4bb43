import { readFileSync } from 'node:fs'

/** What agents ask of the API server, by its audit log: each kind that they ask in steady state, with what is aimed at. */
const aims: Readonly<Record<string, string>> = {
  'get nodes': '0',
  'patch nodes/status': 'at most 7, of which none changes the Node',
  'create events': '0',
  'dry run of patch nodes/status': 'the try of the policy hostdeps-node: 6, one each 10 m',
  'dry run of create events': 'the try of the policy hostdeps-event: 6, one each 10 m',
}

interface Request {
  readonly kind: string
  /** Milliseconds from when it was received to when it was answered. */
  readonly took: number
}

/** A line a kind, also of those that were never asked: an hour and agent. */
export function tellRequests(auditLog: string, since: number, agentHours: number): void {
  const requests = requestsSince(auditLog, since)
  const byKind = Map.groupBy(requests, ({ kind }) => kind)
  console.log('\nRequests at the API server, an hour and agent:')
  for (const kind of new Set([...Object.keys(aims), ...byKind.keys()])) {
    const all = byKind.get(kind) ?? []
    const took = all.map((one) => one.took).toSorted((a, b) => a - b)
    const each = took.length === 0 ? '' : `, ${took[Math.floor(took.length / 2)]?.toFixed(1)} ms each (p50)`
    const rate = (all.length / agentHours).toFixed(1)
    console.log(`  ${kind}: ${rate}${each} (aim: ${aims[kind] ?? '0'})`)
  }
  console.log(`  all: ${(requests.length / agentHours).toFixed(1)} (aim: at most 20)`)
  const tries = requests.filter(({ kind }) => kind.startsWith('dry run'))
  const busy = tries.reduce((sum, { took }) => sum + took, 0) / agentHours
  console.log(
    `  all tries of the policies: ${busy.toFixed(0)} ms of the API server an hour and agent (aim: 100)`,
  )
}

function requestsSince(auditLog: string, since: number): Request[] {
  return readFileSync(auditLog, 'utf8')
    .trim()
    .split('\n')
    .flatMap((line) => {
      const { user, verb, objectRef, requestURI, requestReceivedTimestamp, stageTimestamp } = JSON.parse(line)
      const [from, to] = [Date.parse(requestReceivedTimestamp), Date.parse(stageTimestamp)]
      if (!String(user.username).endsWith(':hostdeps:hostdeps') || from < since) return []
      const tried = String(requestURI).includes('dryRun=All') ? 'dry run of ' : ''
      const below = objectRef.subresource ? `/${objectRef.subresource}` : ''
      return [{ kind: `${tried}${verb} ${objectRef.resource}${below}`, took: to - from }]
    })
}
