import type { Report } from '#agent/model/report.ts'
import type { State } from '#agent/model/state.ts'
import { causesOf, recommendedCauses } from './causes.ts'
import type { Cause } from './causes.ts'
import { paint } from './paint.ts'

/** Options of every format. */
export interface RenderOptions {
  readonly color: boolean
}

/** Columns of a line, where a text can be broken. */
const width = 100

/** For people: each thing that is missing once, with the checks that want it, then one script that fixes them all. */
export function renderSummary(report: Report, options: RenderOptions): string {
  const { node, host } = report
  const title = `${node} (${host.os}, kernel ${host.kernel ?? 'unknown'}, ${host.arch})`
  return `${[title, ...stateLines(report, options), ...fixLines(report)].join('\n')}\n`
}

/** What is missing, unknown and recommended, by cause; then the names of the checks with nothing to say. */
export function stateLines({ checks }: Report, { color }: RenderOptions): string[] {
  const heading = (state: State, text: string = state) => ['', `${paint(state, color, text)}:`]
  const block = (head: string[], causes: readonly Cause[]) =>
    causes.length === 0 ? [] : [...head, ...causes.flatMap(causeLines)]
  const named = (state: State) => {
    const names = checks.filter((check) => check.state === state).map(({ name }) => name)
    return names.length === 0 ? [] : listLines(`${state}:`, names, paint(state, color, `${state}:`))
  }
  const rest = [...named('ready'), ...named('not-applicable')]
  return [
    ...block(heading('missing', 'missing <- the checks that want it'), causesOf(checks, 'missing')),
    ...block(heading('unknown'), causesOf(checks, 'unknown')),
    ...block(heading('ready', 'ready, but recommended'), recommendedCauses(checks)),
    ...(rest.length === 0 ? [] : ['', ...rest]),
  ]
}

/** The commands for everything at once; nothing where nothing is to be done. */
export function fixLines({ node, host, fix, checks }: Report): string[] {
  const isAsked = checks.some(({ state, reason }) => state === 'missing' || reason === 'RecommendedMissing')
  if (!isAsked) return []
  const lines = (fix ?? `# no fix is known for ${host.os}`).split('\n')
  return ['', `Fix, as root on ${node}:`, ...lines.map((line) => `  ${line}`)]
}

/** In one line where there is room. */
function causeLines({ message, checks }: Cause): string[] {
  const line = `  ${message} <- ${checks.join(', ')}`
  return line.length <= width ? [line] : [`  ${message}`, ...listLines('    <-', checks)]
}

/** A list of names over as many lines as it takes; `shown` is what stands for its head. */
export function listLines(head: string, names: readonly string[], shown: string = head): string[] {
  const indent = ' '.repeat(head.search(/\S/) + 2)
  const lines: string[] = []
  let line = head
  for (const [index, name] of names.entries()) {
    const word = index < names.length - 1 ? `${name},` : name
    if (line !== head && line.length + 1 + word.length > width) {
      lines.push(line)
      line = `${indent}${word}`
    } else line += ` ${word}`
  }
  const [first = '', ...others] = [...lines, line]
  return [shown + first.slice(head.length), ...others]
}
