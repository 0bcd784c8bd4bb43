import { needWords } from '#agent/cluster/fix-elsewhere.ts'
import { objectName } from '#agent/model/names.ts'
import { plainLine, plainLines } from '#agent/model/plain.ts'
import { inColor } from '#agent/render/paint.ts'
import type { Evidence, HostSide, PodNamed, WhyAnswer, WhyVerdict } from './answer.ts'

export interface WhyOptions {
  readonly color: boolean
  /** The flags by which the same API server is asked as the same user. */
  readonly access?: readonly string[]
}

/** Names in a list; there may be thousands. */
const mostNamed = 10

/** A colleague's answer: the cause, for which pods, what says so, the command, and what comes then. All of it is harmless text. */
export function renderWhy(answers: readonly WhyAnswer[], options: WhyOptions): string {
  return answers.map((answer) => `${tell(answer, options).join('\n')}\n`).join('\n')
}

function tell(answer: WhyAnswer, { color, access = [] }: WhyOptions): readonly string[] {
  const { verdict, check, title, says, hosts, next, source } = answer
  const about = check === null ? '' : ` (${[check, title].filter(Boolean).join(': ')})`
  return [
    `${shown(verdict, color)}${plainLine(`${says}${about}`)}`,
    ...podLines(answer.pods),
    ...answer.evidence.flatMap(evidenceLines),
    ...sideLines(hosts),
    ...answer.ruledOut.map((line) => `  Not the host: ${plainLine(line)}`),
    ...fixLines(answer, access),
    ...(next === null ? [] : [`  Next: ${plainLine(next)}.`]),
    ...thenLine(answer, access),
    ...answer.also.map((line) => `  Also: ${plainLine(line)}`),
    ...answer.lacking.map((line) => `  Not seen: ${plainLine(line)}`),
    ...(source === null ? [] : [`  Source: ${plainLine(source)}`]),
  ]
}

function podLines(pods: readonly PodNamed[]): readonly string[] {
  const lines = pods.slice(0, mostNamed).map(({ namespace, name, container, node, how }) => {
    const where = node === null ? '' : ` on ${node}`
    const inside = container === null ? '' : `, container ${container}`
    return `  ${plainLine(`${namespace}/${name}${where}${inside}: ${how}`)}`
  })
  const rest = pods.length - mostNamed
  return rest > 0 ? [...lines, `  and ${rest} more`] : lines
}

const froms = { log: 'Its log says', event: 'An event says', status: 'Its status says' } as const

function evidenceLines({ from, text }: Evidence): readonly string[] {
  return text === '' ? [] : [`  ${froms[from]}:`, `    ${plainLine(text)}`]
}

/** What the nodes say, those that say the same in one line. */
function sideLines(hosts: readonly HostSide[]): readonly string[] {
  const groups = [...Map.groupBy(hosts, ({ state, needs }) => JSON.stringify([state, needs])).values()]
  return groups.flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const needs = needWords(first.needs)
    const since = group.length === 1 && first.since !== null ? ` since ${first.since}` : ''
    const stale = first.agent === 'Ready' ? '' : `, whose agent is ${agentWords[first.agent]}`
    return [
      `  ${plainLine(`${listed(group.map(({ node }) => node))}${stale}: ${first.state}${since}${needs === '' ? '' : `: ${needs}`}`)}`,
    ]
  })
}

const agentWords = {
  Ready: 'ready',
  NotReady: 'not ready',
  NotRunning: 'not running',
  Unknown: 'not seen',
} as const

function fixLines({ check, hosts, verdict }: WhyAnswer, access: readonly string[]): readonly string[] {
  if (verdict === 'not the host' || verdict === 'cannot tell') return []
  const broken = hosts.filter(({ state }) => state === 'missing')
  const groups = [...Map.groupBy(broken, ({ fix, os }) => JSON.stringify([fix, os])).values()]
  return groups.flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const where = `${listed(group.map(({ node }) => node))}${first.os === null ? '' : ` (${first.os})`}`
    if (first.fix === null)
      return [`  The fix depends on ${plainLine(where)}: kubectl describe node shows it.`]
    const lines = plainLines(first.fix)
      .split('\n')
      .map((line) => `    ${line}`)
    const nodes = group.map(({ node }) => node)
    const call = nodes.every((node) => objectName.test(node))
      ? fixCommand(first.fix, check, [...new Set(nodes), ...access])
      : null
    return [
      `  Fix, as root on ${plainLine(where)}:`,
      ...lines,
      ...(call === null ? [] : [`  Or from here: ${call}`]),
    ]
  })
}

/** null where no command is in the fix, or a name is none that may stand in one. */
function fixCommand(fix: string, check: string | null, words: readonly string[]): string | null {
  const isCommand = fix.split('\n').some((line) => !line.startsWith('#'))
  const all = ['fix', ...words, '--check', check ?? '', '--apply']
  return isCommand && check !== null && all.every((word) => plainWord.test(word))
    ? ['kubectl hostdeps', ...all].join(' ')
    : null
}

/** What comes when the fix is done. */
function thenLine(
  { verdict, hosts, pods, readySince }: WhyAnswer,
  access: readonly string[],
): readonly string[] {
  if (verdict !== 'confirmed' || readySince !== null || !hosts.some(({ state }) => state === 'missing'))
    return []
  if (!pods.some(({ how }) => /^(?:crash-loops|cannot be started \()/.test(how)))
    return ['  Then it is tried again by itself.']
  return [
    `  Then the kubelet starts it again within 5 minutes; at once with: ${restartCommand(pods, access)}`,
  ]
}

/** To be pasted, so of words alone in which a shell reads nothing. */
function restartCommand(pods: readonly PodNamed[], access: readonly string[]): string {
  const namespaces = new Set(pods.map(({ namespace }) => namespace))
  const [namespace = ''] = namespaces
  const where = namespaces.size === 1 && objectName.test(namespace) ? ['-n', namespace] : ['-A']
  const words = [...where, ...access]
  return words.every((word) => plainWord.test(word))
    ? ['kubectl hostdeps restart', ...words].join(' ')
    : 'hostdeps restart'
}

const plainWord = /^-{0,2}[\w@:./+=-]+$/

function listed(names: readonly string[]): string {
  const unique = [...new Set(names)]
  const rest = unique.length - mostNamed
  return rest > 0 ? `${unique.slice(0, mostNamed).join(', ')} and ${rest} more` : unique.join(', ')
}

const words = {
  confirmed: ['Confirmed: ', 'red'],
  likely: ['Likely: ', 'yellow'],
  possible: ['Possible: ', 'yellow'],
  'not the host': ['Not the host: ', 'green'],
  'cannot tell': ['Cannot tell: ', 'yellow'],
} as const satisfies Record<WhyVerdict, readonly [string, string]>

function shown(verdict: WhyVerdict, color: boolean): string {
  const [word, style] = words[verdict]
  return inColor(style, color, word)
}
