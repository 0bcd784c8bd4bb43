import type { CheckResult, Finding } from '#agent/model/report.ts'

/** What only a regular expression has. */
const pattern = /\(\?[a-z:=!<]|\\[sdwbSDWB.]|\[\^|\.[*+]|\[[a-z\d]-[a-z\d]/

/**
 * Sentences that a person would not understand: that show a regular expression, or that say of what is ready what it must not
 * be.
 */
export function unplainWords(checks: readonly (CheckResult | Finding)[]): string[] {
  return checks.flatMap(({ state, message, findings = [] }) => {
    const isUnplain = pattern.test(message) || (state === 'ready' && message.includes('must not be'))
    return [...(isUnplain ? [`${state}: ${message}`] : []), ...unplainWords(findings)]
  })
}
