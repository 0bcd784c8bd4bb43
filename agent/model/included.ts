import type { CheckResult, Finding } from './report.ts'

/** What a finding of a check taken in has of that check: its state and its words, and all its findings. */
export function resultAsFinding({ name, state, reason, message, fix, findings }: CheckResult) {
  return {
    state,
    reason,
    message: `${name}: ${message}`,
    evidence: [],
    fix,
    findings,
  } satisfies Partial<Finding>
}
