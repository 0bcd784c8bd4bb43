import type { Failing } from '#agent/cluster/why/kubelet/failing.ts'
import { plainCauseIn } from '#agent/cluster/why/lines/plain-lines.ts'
import { refusedProgram } from '#agent/cluster/why/lines/refused-program.ts'
import type { PodSeen, TextHits } from '#agent/cluster/why/lines/find-hits.ts'
import { isSegfault, plainOfContainer } from '#agent/cluster/why/kubelet/plain-causes.ts'
import { plainLine } from '#agent/model/plain.ts'
import { groundOfAsking } from './asked-checks.ts'
import type { FixedSince } from './fixed-since.ts'
import { groundOfLine } from './line-grounds.ts'
import type { LineFacts } from './line-grounds.ts'
import type { Ground, LeftReason, Restart } from './verdict.ts'

/** What a pod is judged by, besides itself. */
export interface JudgeFacts extends LineFacts {
  /** At least one. */
  readonly fixed: readonly FixedSince[]
}

/**
 * Whether a pod failed for want of what its node got since: by a line that points there, else because the pod asks for it.
 * How often it was restarted says nothing.
 */
export function judgeRestart(
  seen: PodSeen,
  texts: readonly TextHits[],
  { fixed, ...facts }: JudgeFacts,
): Restart | LeftReason {
  const { pod, events } = seen
  const byLine = (one: FixedSince) => groundOfLine(seen, texts, { fixed: one, facts })
  const byAsking = ({ said, began }: FixedSince) =>
    groundOfAsking({ pod, failed: began.map(({ container }) => container) }, said.name, facts.catalog)
  const restart =
    firstRestart(
      pod,
      without(fixed, (failing) => isPlain(failing, events) && !isSegfault(failing)),
      byLine,
    ) ??
    firstRestart(
      pod,
      without(fixed, (failing) => isPlain(failing, events) || saysWhyItself(failing, seen, facts)),
      byAsking,
    )
  return restart ?? whyNot(seen, fixed, facts)
}

function firstRestart(
  pod: Restart['pod'],
  fixed: readonly FixedSince[],
  groundOf: (one: FixedSince) => Ground | null,
): Restart | null {
  for (const one of fixed) {
    const ground = groundOf(one)
    if (ground !== null) return { pod, check: one.said.name, since: one.since, ground }
  }
  return null
}

/** Without the containers that ended for a reason of their own, as "why" says it. */
function without(fixed: readonly FixedSince[], isOut: (failing: Failing) => boolean): readonly FixedSince[] {
  return fixed
    .map((one) => ({ ...one, began: one.began.filter((failing) => !isOut(failing)) }))
    .filter(({ began }) => began.length > 0)
}

function isPlain(failing: Failing, events: PodSeen['events']): boolean {
  return plainOfContainer(failing, events) !== null
}

/** Its image has not what it is to run, or its log says what is wrong with itself. */
function saysWhyItself(failing: Failing, { pod, logs }: PodSeen, { node, catalog }: LineFacts): boolean {
  if (refusedProgram(failing, node, { catalog })?.verdict === 'not the host') return true
  const own = logs.filter(({ container }) => container === failing.container.name)
  return own.some(({ text }) => plainCauseIn(text, pod)?.isLikely === false)
}

function whyNot({ events, lacking }: PodSeen, fixed: readonly FixedSince[], { node }: LineFacts): LeftReason {
  const began = fixed.flatMap((one) => one.began)
  const plain = began.map((failing) => plainOfContainer(failing, events))
  const [first = null] = plain
  if (first !== null && !plain.includes(null))
    return { code: 'NotTheHost', says: `it is not the host: ${plainLine(first.says)}` }
  const got = `${fixed.map(({ said }) => said.name).join(', ')}, which ${node.name} got`
  if (lacking.length > 0)
    return { code: 'LogUnread', says: `not all that it said can be read, and nothing points to ${got}` }
  return { code: 'NothingPointsThere', says: `nothing points to ${got}` }
}
