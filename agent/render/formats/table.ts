import type { Finding, Report, ReportCheck } from '#agent/model/report.ts'
import { renderColumns } from '#agent/render/columns.ts'
import { paint } from '#agent/render/paint.ts'
import { fixLines } from '#agent/render/summary.ts'
import type { RenderOptions } from '#agent/render/summary.ts'

/** One line per check, then the commands that fix what is missing. */
export function renderTable(report: Report, { color }: RenderOptions): string {
  const rows = report.checks.map((check) => [
    check.name,
    paint(check.state, color),
    check.reason,
    check.message,
  ])
  return renderColumns(['CHECK', 'STATE', 'REASON', 'MESSAGE'], rows) + renderFixes(report)
}

/** One line per need, with its evidence. */
export function renderWide(report: Report, { color }: RenderOptions): string {
  const rows = report.checks.flatMap((check) =>
    check.findings.flatMap((finding) => needRows(check, finding, color)),
  )
  return (
    renderColumns(['CHECK', 'NEED', 'STATE', 'REASON', 'MESSAGE', 'EVIDENCE'], rows) + renderFixes(report)
  )
}

function needRows(check: ReportCheck, finding: Finding, color: boolean): string[][] {
  const state = paint(finding.state, color) + (finding.recommended ? ' (recommended)' : '')
  const evidence = finding.evidence.join('; ')
  return [[check.name, finding.need, state, finding.reason, finding.message, evidence]]
}

function renderFixes(report: Report): string {
  return fixLines(report)
    .map((line) => `${line}\n`)
    .join('')
}
