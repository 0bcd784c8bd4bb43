import type { Report, ReportCheck } from '#agent/model/report.ts'
import { countOf, countVerdicts, verdictOf, verdicts } from './verdict.ts'
import type { Verdict } from './verdict.ts'

/** https://nagios-plugins.org/doc/guidelines.html: a critical result wins over an unknown one. */
export const nagiosCodes = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const

type Status = keyof typeof nagiosCodes

const statuses: Readonly<Record<Verdict, Status>> = {
  missing: 'CRITICAL',
  unknown: 'UNKNOWN',
  recommended: 'WARNING',
  passed: 'OK',
  skipped: 'OK',
}

/** Bytes of the first line, which old NRPE cuts at 1,023, and of the whole, which Nagios cuts at 8,192. */
const longestFirst = 1000
const longestWhole = 8000

/** One line with the state and the numbers, without semicolons, of which Nagios makes colons there; then a few lines for each check that is not as it should be. */
export function renderNagios(report: Report): string {
  const { checks, node } = report
  const bad = checks.filter((check) => statusOf(check) !== 'OK').toSorted((a, b) => rank(a) - rank(b))
  const numbers = ` | ${numbersOf(report)}`
  const causes = bad.map(({ name, message }) => `${name}: ${message}`)
  const text = plain(`HOSTDEPS ${worstOf(checks)}: ${[countVerdicts(checks), ...causes].join(' - ')}`)
  const first = cut(text, longestFirst - Buffer.byteLength(numbers)) + numbers
  return wholeLines([first, ...bad.flatMap((check) => detailLines(check, node))])
}

export function nagiosCodeOf({ checks }: Report): number {
  return nagiosCodes[worstOf(checks)]
}

/** For what could not even be asked, as Nagios wants it: on stdout. */
export function renderNagiosFailure(why: string): string {
  return `${cut(plain(`HOSTDEPS UNKNOWN: ${why.replaceAll('\n', ' - ')}`), longestFirst)}\n`
}

function statusOf(check: ReportCheck): Status {
  return statuses[verdictOf(check)]
}

function rank(check: ReportCheck): number {
  return verdicts.indexOf(verdictOf(check))
}

function worstOf(checks: readonly ReportCheck[]): Status {
  return statuses[verdicts.find((verdict) => countOf(checks, verdict) > 0) ?? 'passed']
}

/** The thresholds are those of the state: one that is missing is critical, one recommendation a warning. */
function numbersOf({ checks, took }: Report): string {
  const all = checks.length
  const count = (verdict: Verdict) => countOf(checks, verdict)
  return [
    `missing=${count('missing')};;0;0;${all}`,
    `unknown=${count('unknown')};;;0;${all}`,
    `recommended=${count('recommended')};0;;0;${all}`,
    `ready=${count('passed') + count('recommended')};;;0;${all}`,
    `time=${(took / 1000).toFixed(3)}s;;;0`,
  ].join(' ')
}

function detailLines(check: ReportCheck, node: string): string[] {
  const { name, message, fix } = check
  return [
    plain(`[${statusOf(check)}] ${name}: ${message}`),
    ...(fix === null ? [] : fixLines(name, fix, plain(node))),
  ]
}

/**
 * Nagios takes a bar for the beginning of numbers, and takes other characters out of what it mails
 * (illegal_macro_output_chars), which would leave other commands than ours.
 */
function fixLines(name: string, fix: string, node: string): string[] {
  if (/[|`~$&'"<>\\]/.test(fix)) return [`  Fix, on ${node}: hostdeps fix ${name}  (prints the commands)`]
  return [`  Fix, as root on ${node}:`, ...fix.split('\n').map((line) => `    ${line}`)]
}

function plain(text: string): string {
  return text.replaceAll('|', '/')
}

/** Whole lines, as many as fit. */
function wholeLines(lines: readonly string[]): string {
  let text = ''
  for (const line of lines) {
    if (Buffer.byteLength(text) + Buffer.byteLength(line) > longestWhole) return `${text}...\n`
    text += `${line}\n`
  }
  return text
}

/** At most so many bytes, and no part of a character. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes - 3))
  return `${text.slice(0, read)}...`
}
