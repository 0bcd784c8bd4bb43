import type { Finding, ReportCheck } from './report.ts'

/** By a check's name, the names of the checks that include it themselves, in the order of the report. */
export type WantedBy = ReadonlyMap<string, readonly string[]>

export function wantedBy(checks: readonly ReportCheck[]): WantedBy {
  const pairs = checks.flatMap(({ name, findings }) =>
    [...new Set(includedIn(findings))].map((included) => [included, name] as const),
  )
  const byIncluded = Map.groupBy(pairs, ([included]) => included)
  return new Map([...byIncluded].map(([included, own]) => [included, own.map(([, name]) => name)]))
}

/** What an included check includes is that check's own. */
function includedIn(findings: readonly Finding[]): string[] {
  return findings.flatMap((finding) => includedCheck(finding) ?? includedIn(finding.findings ?? []))
}

/** The name of the check that a finding stands for; null for any other need. */
export function includedCheck({ kind, need }: Pick<Finding, 'kind' | 'need'>): string | null {
  return kind === 'check' && need.startsWith(mark) ? need.slice(mark.length) : null
}

const mark = 'check:'
