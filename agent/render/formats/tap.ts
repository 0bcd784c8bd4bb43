import type { Report, ReportCheck } from '#agent/model/report.ts'
import { findingLines, fixOf } from './finding-lines.ts'
import { countVerdicts, verdictOf } from './verdict.ts'

/**
 * The Test Anything Protocol, a test a check. It says version 13, since Perl's prove fails each stream of another, and readers of
 * version 14 (https://testanything.org/tap-version-14-specification.html) take it too. A test to do would count as passed, so what is
 * unknown is "not ok".
 */
export function renderTap(report: Report): string {
  const { node, host, checks } = report
  return [
    'TAP version 13',
    checks.length === 0 ? '1..0 # SKIP no checks' : `1..${checks.length}`,
    commentOf(`hostdeps on ${node} (${host.os}, kernel ${host.kernel ?? 'unknown'}, ${host.arch})`),
    ...checks.flatMap((check, index) => testLines(check, { number: index + 1, node })),
    commentOf(countVerdicts(checks)),
    '',
  ].join('\n')
}

function testLines(check: ReportCheck, { number, node }: { number: number; node: string }): string[] {
  const verdict = verdictOf(check)
  const isOk = verdict !== 'missing' && verdict !== 'unknown'
  const line = `${isOk ? 'ok' : 'not ok'} ${number} - ${escape(`${check.name}: ${check.title}`)}`
  if (verdict === 'skipped') return [`${line} # SKIP ${escape(check.message)}`]
  if (verdict === 'recommended') return [line, ...[check.message, ...fixOf(check, node)].map(commentOf)]
  return isOk ? [line] : [line, ...diagnosis(check)]
}

/**
 * The little of YAML that Perl's reader knows: a word, a text in double quotes, which are JSON's, and a block of lines, of which the
 * first is not indented and none ends the whole.
 */
function diagnosis(check: ReportCheck): string[] {
  const { state, reason, message, fix } = check
  return [
    '---',
    `severity: ${state}`,
    `reason: ${reason}`,
    `message: ${JSON.stringify(message)}`,
    ...block('needs', findingLines(check)),
    ...(fix === null ? [] : block('fix', fix.trim().split('\n'))),
    '...',
  ].map((line) => `  ${line}`)
}

function block(key: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${key}: |`, ...lines.map((line) => `  ${line}`)]
}

function escape(text: string): string {
  return text.replace(/[\\#]/g, String.raw`\$&`)
}

/** Three blanks, because "# Subtest" begins a test in a test. */
function commentOf(line: string): string {
  return `#   ${line}`
}
