import type { Report, ReportCheck } from '#agent/model/report.ts'

/** What a host's golden file says: a block a check, so that a check more or less touches no other lines. */
export function golden(report: Report): string {
  const { os, kernel } = report.host
  const checks = report.checks.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return [`${os}, kernel ${kernel}`, ...checks.map(block)].join('\n\n') + '\n'
}

function block({ name, state, reason, message, findings, fix }: ReportCheck): string {
  const needs = findings
    .filter((finding) => finding.state !== 'not-applicable' && finding.kind !== 'check')
    .map((finding) => {
      const optional = finding.recommended ? ' (recommended)' : ''
      return `  ${finding.need}: ${finding.state}${optional}, ${finding.message}`
    })
  const fixes = fix === null ? [] : fix.split('\n').map((line) => `  $ ${line}`)
  return [`${name}: ${state}, ${reason}: ${message}`, ...needs, ...fixes].join('\n')
}
