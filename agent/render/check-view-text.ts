import type { CheckView } from '#agent/model/check-view.ts'
import { labelKey } from '#agent/model/names.ts'
import type { Finding } from '#agent/model/report.ts'
import { noticesOf } from '#agent/model/snapshot.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'
import { listLines } from './list-lines.ts'
import { ascii, crashLines, fixLines, pendingLines } from './text.ts'

/** One check for a terminal, with all that is around it: the first line is its state. Printable ASCII only. */
export function renderCheckView(snapshot: Snapshot, view: CheckView): string {
  const { check, report, crashes } = view
  const { name, title, state, message, reason, since } = check
  return ascii(
    [
      `${state}: ${message} (${reason})`,
      `check ${name} - ${title} - on node ${report.node}, since ${since}`,
      ...pendingLines(check).map((line) => line.trim()),
      `${hereLine(view)}; ${nodeLine(view)}; asked ${report.at}`,
      ...noticesOf(snapshot).map(({ lead, detail }) => `${lead.toUpperCase()}: ${detail}`),
      ...crashes.flatMap((group) => crashLines(group, report)),
      '',
      check.why,
      ...section('', fixLines(check, report)),
      ...section('needs:', [...needLines(check.findings), ...omittedLines(check.omitted)]),
      ...section('', wantedLines(view)),
      ...section(`changes, kept since ${view.history.since}:`, changeLines(view)),
      ...section(
        'sources:',
        (check.sources ?? []).map((source) => `  ${source}`),
      ),
      '',
      `Next: curl .../v1/checks/${name}   the same as JSON`,
    ].join('\n'),
  )
}

function section(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...(head === '' ? [] : [head]), ...lines]
}

function hereLine({ why }: CheckView): string {
  return why.length === 0 ? 'nothing of it was seen here' : `here: ${why.join(', ')}`
}

function nodeLine({ check: { name, isPublished, published } }: CheckView): string {
  return isPublished ? `the Node says ${labelKey(name)}=${published.state}` : 'not published'
}

/** Of an included check its own page tells. */
function needLines(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ state, need, recommended, message, reason, evidence, why }) => [
    `  ${state} ${need}${recommended ? ' (recommended)' : ''}: ${message} (${reason})`,
    ...(why === '' ? [] : [`    ${why}`]),
    ...evidence.map((line) => `    seen: ${line}`),
  ])
}

function omittedLines(count: number | undefined): string[] {
  return count === undefined ? [] : [`  and ${count} more`]
}

function wantedLines({ wantedBy }: CheckView): string[] {
  const names = wantedBy.map(({ name, why }) => (why.length === 0 ? name : `${name} (${why.join(', ')})`))
  return names.length === 0 ? [] : listLines('wanted by:', names)
}

function changeLines({ history: { changes } }: CheckView): string[] {
  if (changes.length === 0) return ['  none']
  return changes.map(
    ({ at, from, to, message, reason }) => `  ${at} ${from} -> ${to}: ${message} (${reason})`,
  )
}
