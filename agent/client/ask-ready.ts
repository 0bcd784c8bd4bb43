import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { fetchCause } from '#agent/model/fetch-cause.ts'
import { plainLine } from '#agent/model/plain.ts'

/** What an agent, asked at /ready/<name>, said of a check; or why it did not. */
export interface GateAnswer {
  /** Only by the agent's own words: any page of a proxy, or of another service at this address, is "not yet". */
  readonly says: 'ready' | 'no such check' | 'not yet'
  /** Harmless lines. */
  readonly lines: readonly string[]
}

export interface GateOptions {
  /** Of the agent: "http://hostdeps.hostdeps:9465". */
  readonly url: URL
  readonly check: string
  /** Milliseconds to wait at most; null for ever. */
  readonly timeout: number | null
  /** Called with the first answer, and with each that differs from the one before. */
  readonly tell: (answer: GateAnswer) => void
}

/** One request waits so long at the agent, milliseconds: another reason is seen when it is over. */
const turn = 10_000
/** What the agent may take longer for than it was asked to, milliseconds: a connect, a busy node. */
const grace = 5_000
/** Between requests that came back early, milliseconds. */
const pause = 1_000

/** Characters of an answer; the agent's have a few hundred, and who answers in its place may never end. */
const longestAnswer = 64 * 1024

/**
 * Asks an agent until a check is ready. Whatever goes wrong on the way (nobody answers, a proxy does, another service) may
 * pass: it is told and asked again. Final is what the agent itself says: that it is ready, or that there is no such check.
 * Resolves with the last answer.
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
    if (answer.says !== 'not yet' || performance.now() >= end) return answer
    const took = performance.now() - start
    await sleep(Math.max(0, Math.min(pause - took, end - performance.now())))
  }
}

async function askGate(base: URL, check: string, wait: number): Promise<GateAnswer> {
  const url = new URL(`ready/${encodeURIComponent(check)}?wait=${Math.floor(wait)}ms`, base)
  try {
    const signal = AbortSignal.timeout(Math.ceil(wait + grace))
    const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'error', signal })
    return answerOf(check, { status: response.status, body: await textOf(response), host: base.host })
  } catch (error) {
    return { says: 'not yet', lines: [`${base.host} does not answer: ${plainLine(fetchCause(error))}`] }
  }
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > longestAnswer) break
  }
  return text
}

/** What came back, and from where. */
interface Heard {
  readonly status: number
  readonly body: string
  readonly host: string
}

function answerOf(check: string, { status, body, host }: Heard): GateAnswer {
  const said = agentSays.safeParse(parse(body))
  if (!said.success || said.data.status !== status || (said.data.check ?? check) !== check)
    return { says: 'not yet', lines: stranger({ status, body, host }) }
  const { near, state, message, detail, fix } = said.data
  const commands = (fix ?? '').split('\n').filter(Boolean)
  const line = plainLine(detail ?? `${check} is ${state}: ${message}`)
  const lines = [line, ...commands.map((command) => `  ${plainLine(command)}`)]
  if (status === 200) return { says: 'ready', lines }
  return { says: status === 404 && near !== undefined ? 'no such check' : 'not yet', lines }
}

/** The first lines of what something else says in the agent's place. */
function stranger({ status, body, host }: Heard): string[] {
  const lines = body.split('\n').slice(0, 3).map(plainLine).filter(Boolean)
  return [`${host} answers ${status}, but not as hostdeps does`, ...lines.map((line) => `  ${line}`)]
}

/** What a check that is ready answers, or problem details. */
const agentSays = z.union([
  z
    .object({
      check: z.string(),
      state: z.enum(['ready', 'not-applicable']),
      message: z.string(),
      node: z.string(),
    })
    .transform((said) => ({ ...nothing, ...said, status: 200 })),
  z
    .object({
      type: z.literal('about:blank'),
      status: z.int().min(400),
      detail: z.string(),
      check: z.string().optional(),
      near: z.array(z.string()).optional(),
      fix: z.string().nullish(),
    })
    .transform((said) => ({ ...nothing, ...said })),
])

const nothing = { state: '', message: '', detail: null, fix: null, near: undefined }

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
