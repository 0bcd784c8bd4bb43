import { showDuration } from '#agent/model/duration.ts'
import { isUsable } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'
import { renderColumns } from '#agent/render/columns.ts'
import { paint } from '#agent/render/paint.ts'
import { countCrashes } from './node-status.ts'
import type { CheckOnNode, NodeStatus } from './node-status.ts'

export interface TableOptions {
  readonly color: boolean
  readonly headers: boolean
  /** Unix time in milliseconds. */
  readonly now: number
}

const head = ['NAME', 'STATE', 'FOR', 'READY', 'MISSING', 'UNKNOWN', 'CRASHES', 'AGENT']
/** Names of checks in a cell; `-o wide` has them all. */
const mostNames = 3

/** One line a node. */
export function renderNodes(nodes: readonly NodeStatus[], { color, headers, now }: TableOptions): string {
  const rows = nodes.map((node) => [
    node.name,
    paint(node.state, color),
    howLong(node, now),
    `${node.checks.filter(({ state }) => isUsable(state)).length}/${node.checks.length}`,
    namesOf(node, 'missing'),
    isWhollyUnknown(node) ? 'all' : namesOf(node, 'unknown'),
    String(countCrashes(node) || '-'),
    node.agent.standing,
  ])
  return table(head, rows, headers)
}

const wideHead = [
  'NAME',
  'CHECK',
  'STATE',
  'FOR',
  'WAS',
  'REASON',
  'NEEDS',
  'CRASHES',
  'AGENT',
  'OS',
  'KERNEL',
]

/** One line for each check of each node, then what to do. */
export function renderNodesWide(nodes: readonly NodeStatus[], options: TableOptions): string {
  const rows = nodes.flatMap((node) => {
    const { distro, version, kernel } = node.host ?? { distro: null, version: null, kernel: null }
    const os = cell([distro, version].filter(Boolean).join(' '))
    const ends = [node.agent.standing, os, cell(kernel ?? '')]
    if (node.checks.length === 0)
      return [[node.name, '-', paint('unknown', options.color), '-', '-', '-', '-', '-', ...ends]]
    return node.checks.map((check) => [node.name, ...checkCells(check, options), ...ends])
  })
  return table(wideHead, rows, options.headers) + renderFixes(nodes)
}

function checkCells(check: CheckOnNode, { color, now }: TableOptions): string[] {
  const { name, state, says, since, was, reason, needs, crashes } = check
  // What is not trusted any more is still worth knowing.
  const before = state === says ? was : says
  return [
    name,
    paint(state, color),
    state === says ? age(since, now) : '-',
    before ?? '-',
    cell(reason ?? ''),
    cell(
      needs
        .slice(0, mostNames)
        .map(({ id }) => id)
        .join(',') + more(needs.length),
    ),
    String(crashes || '-'),
  ]
}

/** The same commands once, with all the nodes and checks that they are for. */
function renderFixes(nodes: readonly NodeStatus[]): string {
  const all = nodes.flatMap((node) =>
    node.checks.flatMap((check) => (isToFix(check) ? [{ node, check, fix: check.fix }] : [])),
  )
  if (all.length === 0) return ''
  const groups = [...Map.groupBy(all, ({ check, fix }) => JSON.stringify([check.name, fix])).values()]
  const blocks = groups.map((group) => {
    const [first] = group
    const names = group.map(({ node }) => node.name)
    const lines = (first?.fix ?? notHere).split('\n').map((line) => `    ${line}\n`)
    return `\n  ${first?.check.name} on ${listed(names)}:\n${lines.join('')}`
  })
  return `\nWhat to do, as root:\n${blocks.join('')}`
}

const notHere = '# The fix depends on the host: kubectl describe node shows it.'

/** Nodes that are named; there may be thousands. */
const mostListed = 10

function listed(names: readonly string[]): string {
  const rest = names.length - mostListed
  return rest > 0 ? `${names.slice(0, mostListed).join(', ')} and ${rest} more` : names.join(', ')
}

function isToFix({ says, fix, needs }: CheckOnNode): boolean {
  return says === 'missing' || (fix !== null && needs.length > 0)
}

/** As where no agent runs. */
function isWhollyUnknown({ checks }: NodeStatus): boolean {
  return checks.length > 1 && checks.every(({ state }) => state === 'unknown')
}

function namesOf({ checks }: NodeStatus, state: State): string {
  const names = checks.filter((check) => check.state === state).map(({ name }) => name)
  return names.length === 0 ? '-' : names.slice(0, mostNames).join(',') + more(names.length)
}

function more(count: number): string {
  return count > mostNames ? `+${count - mostNames}` : ''
}

/** How long the node has had its worst state: since the first of the checks that have it. */
function howLong({ state, checks }: NodeStatus, now: number): string {
  const times = checks.flatMap((check) =>
    check.state === state && check.says === state && check.since !== null ? [check.since] : [],
  )
  return age(times.toSorted()[0] ?? null, now)
}

function age(since: string | null, now: number): string {
  const time = since === null ? Number.NaN : Date.parse(since)
  return Number.isNaN(time) ? '-' : showDuration(now - time)
}

/** Characters of a text that is not a name. */
const longestCell = 80

function cell(text: string): string {
  if (text === '') return '-'
  return text.length > longestCell ? `${text.slice(0, longestCell - 1)}…` : text
}

function table(head: readonly string[], rows: readonly (readonly string[])[], headers: boolean): string {
  const text = renderColumns(head, rows)
  return headers ? text : text.slice(text.indexOf('\n') + 1)
}
