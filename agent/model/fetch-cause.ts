/** Why a request got no answer: fetch itself says only "fetch failed", and the reason is in its cause. */
export function fetchCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'it takes too long'
  if (error.cause instanceof AggregateError) return error.cause.errors.map(fetchCause).join('; ')
  return error.cause instanceof Error ? fetchCause(error.cause) : error.message
}
