import type { ApiAnswer } from '#agent/node/node-api.ts'
import { ClusterError } from '#agent/commands/wiring/errors.ts'

/** The value, or an error with the API server's own words. */
export function take<T>(answer: ApiAnswer<T>, otherwise: string | null = null): T {
  if (answer.ok) return answer.value
  throw new ClusterError(otherwise === null ? answer.message : `${otherwise}: ${answer.message}`)
}
