import { crashHeadline } from '#agent/model/crash-groups.ts'
import type { CrashGroup } from '#agent/model/crash-groups.ts'
import type { Report, ReportCheck } from '#agent/model/report.ts'
import { noticesOf } from '#agent/model/snapshot.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'
import { isUsable, states } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'

const width = 100

/** The report for a terminal: what is missing first, with the commands that fix it. Printable ASCII only. */
export function renderText(snapshot: Snapshot): string {
  const { report, crashes } = snapshot
  const alarms = noticesOf(snapshot).map(({ lead, detail }) => `${lead.toUpperCase()}: ${detail}`)
  const lines =
    report === null
      ? [...alarms, 'No round has finished yet.']
      : [
          ...head(report),
          ...alarms,
          ...crashes.flatMap((group) => crashLines(group, report)),
          ...body(report),
        ]
  return ascii([...lines, '', ...whereNext].join('\n'))
}

/** One check's answer to "may I start?": the first line is the answer, the others say why and what to do. */
export function renderGate(check: ReportCheck, report: Report): string {
  const isReady = isUsable(check.state)
  const isPlain = check.reason === 'AllReady'
  const lines = [
    ...(isReady ? ['ready'] : [`${check.state}: ${check.message} (${check.reason})`]),
    ...(isReady && !isPlain ? [check.message] : []),
    ...(isReady ? [] : [`check ${check.name} on node ${report.node}, since ${check.since}`]),
    ...fixLines(check, report),
  ]
  return ascii(lines.join('\n'))
}

function head(report: Report): string[] {
  const { os, kernel, arch } = report.host
  const counts = countStates(report.checks).map(({ state, count }) => `${count} ${state}`)
  return [
    `hostdeps on ${report.node} (${os}, kernel ${kernel ?? 'unknown'}, ${arch})`,
    `${counts.join(', ') || 'no checks'}; asked ${report.at} in ${report.took} ms`,
  ]
}

/** Worst first; only the states that occur. */
export function countStates(
  checks: readonly ReportCheck[],
): { readonly state: State; readonly count: number }[] {
  return states
    .map((state) => ({ state, count: checks.filter((check) => check.state === state).length }))
    .filter(({ count }) => count > 0)
}

function body(report: Report): string[] {
  const having = (state: State) => report.checks.filter((check) => check.state === state)
  const recommended = having('ready').filter((check) => check.reason === 'RecommendedMissing')
  return [
    ...having('missing').flatMap((check) => block('MISSING', check, report)),
    ...having('unknown').flatMap((check) => block('UNKNOWN', check, report)),
    ...recommended.flatMap((check) => block('READY', check, report)),
    ...list(
      'ready',
      having('ready').filter((check) => !recommended.includes(check)),
    ),
    ...list('not-applicable', having('not-applicable')),
  ]
}

function block(word: string, check: ReportCheck, report: Report): string[] {
  const pending =
    check.pending === null
      ? []
      : [`  may turn ${check.pending.state}: ${check.pending.reason} since ${check.pending.since}`]
  return [
    '',
    `${word} ${check.name} - ${check.title}`,
    `  ${check.message} (${check.reason}, since ${check.since})`,
    ...pending,
    ...fixLines(check, report).map((line) => `  ${line}`),
  ]
}

function crashLines(group: CrashGroup, report: Report): string[] {
  const pods = group.pods ?? []
  const more = pods.length - mostPods
  return [
    '',
    `CRASHING ${crashHeadline(group)}`,
    ...pods
      .slice(0, mostPods)
      .map(
        ({ namespace, pod, container, restarts }) =>
          `  ${namespace}/${pod}, container ${container}, ${restarts} restarts`,
      ),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...fixLines(group, report).map((line) => `  ${line}`),
  ]
}

/** Of one cause, in the text. */
const mostPods = 5

function fixLines(check: Pick<ReportCheck, 'fix'>, report: Report): string[] {
  if (check.fix === null) return []
  return [`Fix, as root on ${report.node}:`, ...check.fix.split('\n').map((line) => `  ${line}`)]
}

function list(state: State, checks: readonly ReportCheck[]): string[] {
  if (checks.length === 0) return []
  const lines = ['']
  let line = `${state}:`
  for (const { name } of checks) {
    if (line.length + name.length >= width) {
      lines.push(line)
      line = ' '
    }
    line += ` ${name}`
  }
  return [...lines, line]
}

const whereNext = [
  'Next: curl .../v1/report           everything as JSON, with evidence',
  '      curl .../v1/checks/<name>    one check as JSON',
  '      curl .../ready/<name>        200 or 503; ?wait=120s holds until it is ready',
]

/** A host's text may contain anything, so a terminal gets letters without their marks, and "?" for the rest. */
function ascii(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '')
  return `${plain.replace(/[^\n\x20-\x7e]/gu, '?')}\n`
}
