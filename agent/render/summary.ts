import { partByRelevance, relevanceOf, seenWords } from '#agent/model/relevance.ts'
import type { RelevanceByCheck } from '#agent/model/relevance.ts'
import type { Report, ReportCheck } from '#agent/model/report.ts'
import { countStates } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'
import { causesOf, recommendedCauses } from './causes.ts'
import type { Cause } from './causes.ts'
import { listLines, width } from './list-lines.ts'
import { paint } from './paint.ts'

/** Options of every format. */
export interface RenderOptions {
  readonly color: boolean
  /** Leaves out the checks that do not matter on this host, and says how many they are and where: "hostdeps check --all". */
  readonly foldedAt?: string
}

/** For people: each thing that is missing once, with the checks that want it, then one script that fixes them all. */
export function renderSummary(report: Report, options: RenderOptions): string {
  const { node, host } = report
  const title = `${node} (${host.os}, kernel ${host.kernel ?? 'unknown'}, ${host.arch})`
  return `${[title, ...summaryLines(report, options)].join('\n')}\n`
}

/** The same without its title. Folded, `fix` is that of the checks which matter. */
export function summaryLines(report: Report, { color, foldedAt }: RenderOptions): string[] {
  const relevance = relevanceOf(report)
  const { here, others } =
    foldedAt === undefined ? { here: report.checks, others: [] } : partByRelevance(report.checks, relevance)
  return [
    ...stateLines(here, color),
    ...seenLines(here, relevance),
    ...fixLines({ ...report, checks: here }),
    ...foldedLines(others, foldedAt),
  ]
}

/** What is missing, unknown and recommended, by cause; then the names of the checks with nothing to say. */
function stateLines(checks: readonly ReportCheck[], color: boolean): string[] {
  const heading = (state: State, text: string = state) => ['', `${paint(state, color, text)}:`]
  const block = (head: string[], causes: readonly Cause[]) =>
    causes.length === 0 ? [] : [...head, ...causes.flatMap(causeLines)]
  const named = (state: State) => {
    const names = checks
      .filter((check) => check.state === state && check.reason !== 'RecommendedMissing')
      .map(({ name }) => name)
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

/** In one line where there is room. */
function causeLines({ message, checks }: Cause): string[] {
  const line = `  ${message} <- ${checks.join(', ')}`
  return line.length <= width ? [line] : [`  ${message}`, ...listLines('    <-', checks)]
}

/** Why checks are here that nobody published. */
function seenLines(checks: readonly ReportCheck[], relevance: RelevanceByCheck): string[] {
  const seen = checks.flatMap((check) => {
    const why = seenWords(check, relevance)
    return why.length === 0 ? [] : [`${check.name} (${why.join(', ')})`]
  })
  return seen.length === 0 ? [] : ['', ...listLines('not published:', seen)]
}

/** The commands for everything at once; nothing where nothing is to be done. */
export function fixLines({ node, host, fix, checks }: Report): string[] {
  const isAsked = checks.some(({ state, reason }) => state === 'missing' || reason === 'RecommendedMissing')
  if (!isAsked) return []
  const lines = (fix ?? `# no fix is known for ${host.os}`).split('\n')
  return ['', `Fix, as root on ${node}:`, ...lines.map((line) => `  ${line}`)]
}

/** "119 more checks are for what was not seen here (70 missing, 49 ready): hostdeps check --all" */
function foldedLines(others: readonly ReportCheck[], at = ''): string[] {
  if (others.length === 0) return []
  const counts = countStates(others).map(({ state, count }) => `${count} ${state}`)
  return ['', `${moreChecks(others.length)} (${counts.join(', ')}): ${at}`]
}

/** "119 more checks are for what was not seen here" */
export function moreChecks(count: number): string {
  return `${count === 1 ? '1 more check is' : `${count} more checks are`} for what was not seen here`
}
