import type { CheckResult, Finding } from './report.ts'

/** What a finding takes from the check it includes: its state, its message and all its findings. */
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
