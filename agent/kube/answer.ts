import { ApiException } from '@kubernetes/client-node'
import { fetchCause } from '#agent/model/fetch-cause.ts'
import type { ApiAnswer, ApiRefusal } from '#agent/node/node-api.ts'

/** Turns a call into an answer, and never throws. */
export async function answerOf<T>(call: () => Promise<T>): Promise<ApiAnswer<T>> {
  try {
    return { ok: true, value: await call() }
  } catch (error) {
    return refusalOf(error)
  }
}

/** The API server's refusal, or why no answer came. */
function refusalOf(error: unknown): ApiRefusal {
  if (!(error instanceof ApiException)) return noAnswer(fetchCause(error))
  const { code, headers, body, message }: ApiException<unknown> = error
  return refusalFrom({ status: code, headers, body, message })
}

export function noAnswer(message: string): ApiRefusal {
  return { ok: false, status: null, message, retryAfter: null }
}

interface Refused {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  /** Used where the body has none. */
  readonly message: string
}

export function refusalFrom({ status, headers, body, message }: Refused): ApiRefusal {
  const seconds = Number(headers['retry-after'])
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null
  return { ok: false, status, message: messageOf(body, message), retryAfter }
}

/** The message of the Status object in the body, which the library passes on as text. */
function messageOf(body: unknown, message: string): string {
  // The library passes on no body for a 401.
  if (body === undefined) return /Message: (.*)/.exec(message)?.[1] ?? message
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body
    if (typeof status === 'object' && status !== null && 'message' in status) return String(status.message)
  } catch {
    // The body is not JSON.
  }
  return (typeof body === 'string' && body.trim() !== '' ? body.trim() : message).slice(0, 300)
}
