import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { plainLine } from '../model/plain.ts'

/** What an agent, asked at /ready/<name>, said of a check; or why it did not. */
export interface GateAnswer {
  /** HTTP status; null when nothing answered. */
  readonly status: number | null
  /** Harmless lines. */
  readonly lines: readonly string[]
}

export interface GateOptions {
  /** Of the agent: "http://hostdeps.hostdeps:9465". */
  readonly url: URL
  readonly check: string
  /** Milliseconds to wait at most; null for ever. */
  readonly timeout: number | null
  /** Told the first answer, and each that is another than the one before. */
  readonly tell: (answer: GateAnswer) => void
}

/** One request waits so long at the agent, milliseconds: another reason is seen when it is over. */
const turn = 10_000
/** What the agent may take longer for than it was asked to, milliseconds: a connect, a busy node. */
const grace = 5_000
/** Between requests that came back early, milliseconds. */
const pause = 1_000

/**
 * Asks an agent until a check is ready. Whatever goes wrong on the way (nobody answers, a proxy does) may pass: it is told and
 * asked again. Final are 200 and the agent's 404 and 400: the check does not exist, or cannot be meant. Resolves with the
 * last answer.
 */
export async function waitAtGate({ url, check, timeout, tell }: GateOptions): Promise<GateAnswer> {
  const end = timeout === null ? Infinity : performance.now() + timeout
  let told = ''
  for (;;) {
    const start = performance.now()
    // What is wrong is told at once; from then on the agent is waited at.
    const wait = told === '' ? 0 : Math.max(0, Math.min(turn, end - start))
    const answer = await askGate(url, check, wait)
    const text = JSON.stringify(answer)
    if (text !== told) tell(answer)
    told = text
    if (answer.status === 200 || answer.status === 404 || answer.status === 400) return answer
    if (performance.now() >= end) return answer
    const took = performance.now() - start
    await sleep(Math.max(0, Math.min(pause - took, end - performance.now())))
  }
}

async function askGate(base: URL, check: string, wait: number): Promise<GateAnswer> {
  const url = new URL(`ready/${encodeURIComponent(check)}?wait=${Math.floor(wait)}ms`, base)
  try {
    const signal = AbortSignal.timeout(Math.ceil(wait + grace))
    const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'error', signal })
    const lines = linesOf(await response.text())
    return { status: response.status, lines: lines.length > 0 ? lines : [`HTTP ${response.status}`] }
  } catch (error) {
    return { status: null, lines: [`${base.host} does not answer: ${plainLine(whyOf(error))}`] }
  }
}

/** What the agent says in JSON, or the first lines of what something else says in its place. */
function linesOf(body: string): string[] {
  const said = agentSays.safeParse(parse(body))
  if (!said.success) return body.split('\n').slice(0, 3).map(plainLine).filter(Boolean)
  const { check, state, message, detail, fix } = said.data
  const mend = (fix ?? '').split('\n').filter(Boolean)
  return [
    plainLine(detail ?? `${check} is ${state}: ${message}`),
    ...mend.map((line) => `  ${plainLine(line)}`),
  ]
}

/** Problem details, or what a check that is ready answers. */
const agentSays = z.union([
  z.object({ detail: z.string(), fix: z.string().nullish() }).transform((said) => ({ ...nothing, ...said })),
  z
    .object({ check: z.string(), state: z.string(), message: z.string() })
    .transform((said) => ({ ...nothing, ...said })),
])

const nothing = { check: '', state: '', message: '', detail: null, fix: null }

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

/** fetch itself says only "fetch failed"; why it did is in its cause. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'it takes too long'
  if (error.cause instanceof AggregateError) return error.cause.errors.map(whyOf).join('; ')
  return error.cause instanceof Error ? whyOf(error.cause) : error.message
}
