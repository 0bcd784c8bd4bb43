import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { problem, readyAnswer } from '#agent/http/contract/answers.ts'
import { fetchCause } from '#agent/model/fetch-cause.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { Credentials } from './credentials.ts'

/** An agent's answer about a check at /ready/<name>, or why there is none. */
export interface GateAnswer {
  /** Only the agent itself decides: a page of a proxy, or of another service at this address, is "not yet". */
  readonly says: 'ready' | 'no such check' | 'not yet'
  /** Harmless lines. */
  readonly lines: readonly string[]
}

export interface GateOptions {
  /** The agent's address: "http://hostdeps.hostdeps:9465". */
  readonly url: URL
  readonly check: string
  /** Longest wait in milliseconds; null for no limit. */
  readonly timeout: number | null
  /** Read before each request. */
  readonly credentials: () => Promise<Credentials>
  /** Called with the first answer and with each one that differs from the last. */
  readonly report: (answer: GateAnswer) => void
}

/** How long one request waits at the agent, milliseconds; a changed reason shows when it ends. */
const turn = 10_000
/** How much longer than requested the agent may take, milliseconds: a slow connection, a busy node. */
const grace = 5_000
/** Least time from one request to the next, milliseconds. */
const pause = 1_000

/** The same after a refusal, milliseconds. */
const refusedPause = 5_000
const longestPause = 30_000

/** Characters of an answer; the agent's have a few hundred, but an impostor's may never end. */
const longestAnswer = 64 * 1024

/**
 * Asks an agent until a check is ready. Any failure on the way (no answer, or that of a proxy or another service) may pass, so
 * it is reported and the agent is asked again. Only the agent's own answer is final: the check is ready, or does not exist.
 * Resolves with the last answer.
 */
export async function waitAtGate(options: GateOptions): Promise<GateAnswer> {
  const { timeout, report } = options
  const end = timeout === null ? Infinity : performance.now() + timeout
  let last = ''
  for (;;) {
    const start = performance.now()
    // The first request does not wait, so that a problem is reported at once.
    const wait = last === '' ? 0 : Math.max(0, Math.min(turn, end - start))
    const { answer, rest } = await askGate(options, wait)
    const text = JSON.stringify(answer)
    if (text !== last) report(answer)
    last = text
    if (answer.says !== 'not yet' || performance.now() >= end) return answer
    const took = performance.now() - start
    await sleep(Math.max(0, Math.min(rest - took, end - performance.now())))
  }
}

type Asking = Pick<GateOptions, 'url' | 'check' | 'credentials'>

interface Asked {
  readonly answer: GateAnswer
  /** Milliseconds from this request to the next. */
  readonly rest: number
}

async function askGate({ url: base, check, credentials }: Asking, wait: number): Promise<Asked> {
  const url = new URL(`ready/${encodeURIComponent(check)}?wait=${Math.floor(wait)}ms`, base)
  const read = await credentials()
  if (!read.ok) return { answer: { says: 'not yet', lines: [plainLine(read.mistake)] }, rest: pause }
  const headers = { accept: 'application/json', ...read.headers }
  try {
    const signal = AbortSignal.timeout(Math.ceil(wait + grace))
    // A redirect would take the token to another place.
    const response = await fetch(url, { headers, redirect: 'error', signal })
    const answer = answerOf(check, { status: response.status, body: await textOf(response), host: base.host })
    return { answer, rest: restOf(response) }
  } catch (error) {
    const lines = [`${base.host} does not answer: ${plainLine(fetchCause(error))}`]
    return { answer: { says: 'not yet', lines }, rest: pause }
  }
}

/** After a refusal that another try changes only later; a check that is not ready is a 503 too, and is waited for at the agent. */
function restOf({ status, headers }: Response): number {
  if (status === 401 || status === 403) return refusedPause
  const seconds = Number(headers.get('retry-after') ?? 0)
  return status === 429 ? Math.min(Math.max(pause, seconds * 1_000), longestPause) : pause
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

/** The response and its sender. */
interface Heard {
  readonly status: number
  readonly body: string
  readonly host: string
}

function answerOf(check: string, { status, body, host }: Heard): GateAnswer {
  const said = agentSays.safeParse(parse(body))
  const isReady = said.success && !('detail' in said.data)
  if (!said.success || status !== statusOf(said.data) || (said.data.check ?? check) !== check)
    return { says: 'not yet', lines: stranger({ status, body, host }) }
  const { state, message, detail, near, fix } = { ...nothing, ...said.data }
  const commands = (fix ?? '').split('\n').filter(Boolean)
  const line = plainLine(detail ?? `${check} is ${state}: ${message}`)
  const lines = [line, ...commands.map((command) => `  ${plainLine(command)}`)]
  if (isReady) return { says: 'ready', lines }
  return { says: status === 404 && near !== undefined ? 'no such check' : 'not yet', lines }
}

const agentSays = z.union([readyAnswer, problem])
const nothing = { detail: undefined, near: undefined }

function statusOf(said: z.output<typeof agentSays>): number {
  return 'detail' in said ? said.status : 200
}

/** The first lines of a response that is not the agent's. */
function stranger({ status, body, host }: Heard): string[] {
  const lines = body.split('\n').slice(0, 3).map(plainLine).filter(Boolean)
  return [`${host} answers ${status}, but is not hostdeps`, ...lines.map((line) => `  ${line}`)]
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
