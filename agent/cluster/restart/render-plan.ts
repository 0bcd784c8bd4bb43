import { plainLine } from '#agent/model/plain.ts'
import type { ClusterPod } from '#agent/node/pod-api.ts'
import type { RestartPlan } from './outcome.ts'
import type { Ground, Left, Restart } from './verdict.ts'

/** Lines of what is left alone, and of each other list that grows with the cluster. */
const mostLines = 20
/** Pods that one such line names. */
const mostNamed = 5

/** Which pods and why, and which not. All of it is harmless text. */
export function renderPlan({ restarts, left, notes, lacking }: RestartPlan): string {
  const lines = [
    ...(restarts.length === 0 ? [] : ['To restart:', ...restarts.flatMap(restartLines)]),
    ...(left.length === 0 ? [] : ['Left alone:', ...leftLines(left)]),
    ...atMost(notes.map((note) => `Note: ${note}`)),
    ...atMost(lacking.map((line) => `Not seen: ${line}`)),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** "longhorn-system/longhorn-manager-x7k2p": what is no command, and may be anything. */
export function podName({ namespace, name }: ClusterPod): string {
  return plainLine(`${namespace}/${name}`)
}

function restartLines({ pod, check, since, ground }: Restart): readonly string[] {
  const line = `${podName(pod)}: ${pod.node} has ${check} since ${since}, and it began before`
  return [`  ${plainLine(line)}`, ...groundLines(ground, check)]
}

const froms = { log: 'Its log said', event: 'An event said', status: 'Its status said' } as const
const asks = {
  selector: 'Its node selector or affinity asks for',
  annotation: 'Its annotation hostdeps.dev/requires asks for',
  image: 'Its image is of',
} as const

function groundLines(ground: Ground, check: string): readonly string[] {
  if (ground.by !== 'line') {
    const through = ground.asked === check ? '' : `, which requires ${check}`
    return [`    ${plainLine(`${asks[ground.by]} ${ground.asked}${through}`)}`]
  }
  const { need, evidence } = ground
  const about = need === null ? '' : ` (${plainLine(need)})`
  return [`    ${froms[evidence.from]}${about}: ${plainLine(evidence.text)}`]
}

/** Pods with one reason are one line. */
function leftLines(left: readonly Left[]): readonly string[] {
  const groups = [...Map.groupBy(left, ({ says }) => says)]
  const isOver = ([, [first]]: (typeof groups)[number]) => Number(first?.code === 'Finished')
  const sorted = groups.toSorted((a, b) => isOver(a) - isOver(b))
  const lines = sorted.map(([says, pods]) => ({ line: `  ${namesOf(pods)}: ${plainLine(says)}`, pods }))
  const rest = lines.slice(mostLines).flatMap(({ pods }) => pods).length
  const shown = lines.slice(0, mostLines).map(({ line }) => line)
  return rest > 0 ? [...shown, `  and ${rest} more`] : shown
}

function namesOf(pods: readonly Left[]): string {
  const names = pods.slice(0, mostNamed).map(({ pod }) => podName(pod))
  const rest = pods.length - mostNamed
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ')
}

function atMost(lines: readonly string[]): readonly string[] {
  const rest = lines.length - mostLines
  return rest > 0 ? [...lines.slice(0, mostLines), `and ${rest} more`] : lines
}
