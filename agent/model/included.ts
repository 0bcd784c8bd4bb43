import type { CheckResult, Finding } from './report.ts'

/** What a finding of an included check has of that check: its state and its words, and all its findings. */
export function resultAsFinding({ name, state, reason, message, fix, findings, omitted }: CheckResult) {
  return {
    state,
    reason,
    message: `${name}: ${message}`,
    evidence: [],
    fix,
    findings,
    ...(omitted !== undefined && { omitted }),
  } satisfies Partial<Finding>
}
