import { crashHeadline } from '#agent/model/crash-groups.ts'
import type { CrashGroup } from '#agent/model/crash-groups.ts'
import type { Report, ReportCheck } from '#agent/model/report.ts'
import { partByRelevance, relevanceOf } from '#agent/model/relevance.ts'
import { noticesOf } from '#agent/model/snapshot.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'
import { countStates, isUsable } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'
import { listLines } from './list-lines.ts'
import { summaryLines } from './summary.ts'

export interface TextOptions {
  /** Every check with its own fix, and not only what matters on this node. */
  readonly isAll: boolean
}

/** The report for a terminal: what matters on this node, with the commands that fix it. Printable ASCII only. */
export function renderText(snapshot: Snapshot, { isAll }: TextOptions = { isAll: false }): string {
  const { report, crashes } = snapshot
  const alarms = noticesOf(snapshot).map(({ lead, detail }) => `${lead.toUpperCase()}: ${detail}`)
  const lines =
    report === null
      ? [...alarms, 'No round has finished yet.']
      : [
          ...head(report),
          ...alarms,
          ...crashes.flatMap((group) => crashLines(group, report)),
          ...(isAll ? body(report) : brief(report)),
        ]
  return ascii([...lines, '', ...whereNext(isAll)].join('\n'))
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

/** The counts are those of the checks that matter. */
function head(report: Report): string[] {
  const { os, kernel, arch } = report.host
  const { here } = partByRelevance(report.checks, relevanceOf(report))
  const counts = countStates(here).map(({ state, count }) => `${count} ${state}`)
  return [
    `hostdeps on ${report.node} (${os}, kernel ${kernel ?? 'unknown'}, ${arch})`,
    `${counts.join(', ') || 'no checks'}; asked ${report.at} in ${report.took} ms`,
  ]
}

function brief(report: Report): string[] {
  const pending = report.checks.flatMap((check) => pendingLines(check).map((line) => `${check.name}${line}`))
  return [
    ...(pending.length === 0 ? [] : ['', ...pending]),
    ...summaryLines(report, { color: false, foldedAt: 'curl .../?all' }),
  ]
}

function body(report: Report): string[] {
  const { here, others } = partByRelevance(report.checks, relevanceOf(report))
  const having = (state: State) => [...here, ...others].filter((check) => check.state === state)
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
  return [
    '',
    `${word} ${check.name} - ${check.title}`,
    `  ${check.message} (${check.reason}, since ${check.since})`,
    ...pendingLines(check).map((line) => ` ${line}`),
    ...fixLines(check, report).map((line) => `  ${line}`),
  ]
}

export function pendingLines({ pending }: ReportCheck): string[] {
  return pending === null ? [] : [` may turn ${pending.state}: ${pending.reason} since ${pending.since}`]
}

export function crashLines(group: CrashGroup, report: Report): string[] {
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

export function fixLines(check: Pick<ReportCheck, 'fix'>, report: Report): string[] {
  if (check.fix === null) return []
  return [`Fix, as root on ${report.node}:`, ...check.fix.split('\n').map((line) => `  ${line}`)]
}

function list(state: State, checks: readonly ReportCheck[]): string[] {
  if (checks.length === 0) return []
  return [
    '',
    ...listLines(
      `${state}:`,
      checks.map(({ name }) => name),
    ),
  ]
}

function whereNext(isAll: boolean): string[] {
  return [
    ...(isAll
      ? ['Next: curl .../                   what matters on this node']
      : ['Next: curl .../?all               every check, with its own fix']),
    '      curl .../checks/<name>       one check, who wants it, and its last changes',
    '      curl .../v1/report           everything as JSON, with evidence',
    '      curl .../v1/checks/<name>    one check as JSON',
    '      curl .../ready/<name>        200 or 503; ?wait=120s holds until it is ready',
  ]
}

/** A host's text may contain anything, so a terminal gets letters without their marks, and "?" for the rest. */
export function ascii(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '')
  return `${plain.replace(/[^\n\x20-\x7e]/gu, '?')}\n`
}
