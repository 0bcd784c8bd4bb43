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
  if (!(error instanceof ApiException)) {
    return { ok: false, status: null, message: fetchCause(error), retryAfter: null }
  }
  const seconds = Number(error.headers['retry-after'])
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null
  return { ok: false, status: error.code, message: messageOf(error), retryAfter }
}

/** The message of the Status object in the body, which the library passes on as text. */
export function messageOf({ body, message }: { readonly body: unknown; readonly message: string }): string {
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
