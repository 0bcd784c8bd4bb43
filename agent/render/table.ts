import type { Finding, Report, ReportCheck } from '#agent/model/report.ts'
import { renderColumns } from './columns.ts'
import { paint } from './paint.ts'

/** Options of every format. */
export interface RenderOptions {
  readonly color: boolean
}

/** One line per check, then what is missing with the commands that fix it. */
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
  const fixable = report.checks.filter(
    (check) => check.state === 'missing' || check.reason === 'RecommendedMissing',
  )
  if (fixable.length === 0) return ''
  const blocks = fixable.map((check) => renderFix(check, report))
  return `\nWhat to do on ${report.node} (${report.host.os}), as root:\n${blocks.join('')}`
}

function renderFix(check: ReportCheck, report: Report): string {
  const fix = check.fix ?? `# no fix is known for ${report.host.os}`
  const lines = fix.split('\n').map((line) => `    ${line}\n`)
  return `\n  ${check.name}: ${check.message}\n${lines.join('')}`
}
