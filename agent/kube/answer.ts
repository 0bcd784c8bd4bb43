import type { ApiRefusal } from '#agent/node/node-api.ts'

export function noAnswer(message: string): ApiRefusal {
  return { ok: false, status: null, message, retryAfter: null }
}

interface Refused {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Used where the body has none. */
  readonly message: string
}

export function refusalFrom({ status, headers, body, message }: Refused): ApiRefusal {
  const seconds = Number(headers['retry-after'])
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null
  return { ok: false, status, message: messageOf(body, message), retryAfter }
}

/** The message of the Status object in the body. */
function messageOf(body: string, message: string): string {
  try {
    const status: unknown = JSON.parse(body)
    if (typeof status === 'object' && status !== null && 'message' in status) return String(status.message)
  } catch {
    // The body is not JSON.
  }
  return (body.trim() || message).slice(0, 300)
}
