import type { Finding, Report, ReportCheck } from '#agent/model/report.ts'
import { makeReport } from '../../http/report-fixture.ts'

/** Texts that some format reads as its own, all of them such as a report may have: no control characters, but line breaks in a fix. */
export const hostileTexts = [
  'a | b',
  ']]>',
  '<failure message="x">',
  '::error title=a,b::c',
  '##[add-mask]x',
  '%0A%3A%25',
  '# SKIP',
  '\\# TODO \\',
  "it's 'quoted' \"twice\"",
  'key: value, - item',
  '- "',
  'ok 1 - x',
  '# +expiry-time=1999-01-01T00:00:00Z',
  'x=1;2;3 $HOME `id`',
  '👩‍💻 ünïcödé \ufffe',
  '{{ $labels.x }}',
  '---',
  '...',
  '',
]

/** Every text of a report that a host or a check file may choose is one of these, or several. */
export function hostileReport(text: string): Report {
  const base = makeReport()
  return {
    ...base,
    node: text === '' ? 'n' : text,
    host: { ...base.host, os: text, hostname: text === '' ? null : text, kernel: text },
    checks: base.checks.map((check) => hostileCheck(check, text)),
  }
}

function hostileCheck(check: ReportCheck, text: string): ReportCheck {
  const fix = check.fix === null ? null : `${text}\n\n    ${text}\n\t${text} end`
  const findings = check.findings.map((finding) => hostileFinding(finding, text))
  return { ...check, title: text, why: text, message: text, fix, findings }
}

function hostileFinding(finding: Finding, text: string): Finding {
  const inner = finding.findings?.map((one) => hostileFinding(one, text))
  return {
    ...finding,
    need: `file:${text}`,
    message: text,
    evidence: [text, text],
    why: `${text} because`,
    ...(inner !== undefined && { findings: inner }),
  }
}
