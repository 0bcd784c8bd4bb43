import type { Report, ReportCheck } from '#agent/model/report.ts'
import { causeLines, fixOf } from './finding-lines.ts'
import { countVerdicts, verdictOf, verdicts } from './verdict.ts'
import type { Verdict } from './verdict.ts'

const commands: Readonly<Partial<Record<Verdict, string>>> = {
  missing: 'error',
  unknown: 'warning',
  recommended: 'notice',
}

/**
 * Workflow commands, of which GitHub makes annotations
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions): worst first, because it shows ten of a kind a
 * step. No other line has text from the host, since a runner looks for commands in every line.
 */
export function renderGithub(report: Report): string {
  const { checks, node } = report
  const worstFirst = checks.toSorted((a, b) => rank(a) - rank(b))
  return [
    ...worstFirst.flatMap((check) => commandOf(check, node)),
    `hostdeps: ${countVerdicts(checks)}`,
    '',
  ].join('\n')
}

function rank(check: ReportCheck): number {
  return verdicts.indexOf(verdictOf(check))
}

function commandOf(check: ReportCheck, node: string): string[] {
  const verdict = verdictOf(check)
  const command = commands[verdict]
  if (command === undefined) return []
  const word = verdict === 'recommended' ? 'could be better' : `is ${verdict}`
  const title = `${check.name} ${word} on ${node}`
  const text = [check.message, ...moreCauses(check), ...fixOf(check, node)].join('\n')
  return [`::${command} title=${escapeProperty(title)}::${escapeData(text)}`]
}

/** The message of a check with one cause says it. */
function moreCauses(check: ReportCheck): string[] {
  const causes = causeLines(check)
  return causes.length === 1 ? [] : causes
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
