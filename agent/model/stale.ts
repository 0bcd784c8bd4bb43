import { verdict } from './reason.ts'
import type { CheckResult } from './report.ts'

/** What a check becomes when rounds stop: unknown, without a fix. Its findings stay as they were last seen. */
export function stale(detail: string): Pick<CheckResult, 'state' | 'reason' | 'message' | 'fix'> {
  const { state, reason, message } = verdict('RoundStale', { detail })
  return { state, reason, message, fix: null }
}
