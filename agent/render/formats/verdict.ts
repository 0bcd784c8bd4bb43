import type { ReportCheck } from '#agent/model/report.ts'

/** How a check came out, for formats that know no "ready, but". */
export type Verdict = 'missing' | 'unknown' | 'recommended' | 'skipped' | 'passed'

export const verdicts: readonly Verdict[] = ['missing', 'unknown', 'recommended', 'passed', 'skipped']

/** What is recommended and not there, or not known, does not make a check less ready. */
export function verdictOf({ state, reason }: Pick<ReportCheck, 'state' | 'reason'>): Verdict {
  if (state === 'missing' || state === 'unknown') return state
  if (state === 'not-applicable') return 'skipped'
  return reason === 'RecommendedMissing' || reason === 'RecommendedUnknown' ? 'recommended' : 'passed'
}

const words: Readonly<Record<Verdict, string>> = {
  missing: 'missing',
  unknown: 'unknown',
  recommended: 'ready with a recommendation',
  passed: 'ready',
  skipped: 'not applicable',
}

/** "1 missing, 2 ready": only what occurs. */
export function countVerdicts(checks: readonly ReportCheck[]): string {
  const counts = verdicts.map((verdict) => ({ verdict, count: countOf(checks, verdict) }))
  const said = counts
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${words[verdict]}`)
  return said.join(', ') || 'no checks'
}

export function countOf(checks: readonly ReportCheck[], verdict: Verdict): number {
  return checks.filter((check) => verdictOf(check) === verdict).length
}
