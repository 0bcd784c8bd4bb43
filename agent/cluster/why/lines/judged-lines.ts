import type { NodeStatus } from '#agent/cluster/node-status.ts'
import type { Check } from '#agent/model/check.ts'
import { noNeed } from '#agent/model/check.ts'
import { isUsable } from '#agent/model/state.ts'
import type { Cause as LogCause } from '#agent/model/explanation.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { Hit } from '#agent/symptoms/hit.ts'
import { judgeHits } from '#agent/symptoms/judge-hits.ts'
import type { Cause } from '#agent/cluster/why/answer.ts'
import type { SeenText, TextHits } from './find-hits.ts'
import { hostSideOf } from '#agent/cluster/why/host-sides.ts'
import { lacks } from '#agent/cluster/why/lacks.ts'
import { evidenceOf, noCause } from '#agent/cluster/why/no-cause.ts'
import { checkSaying, saidOfNeed } from '#agent/cluster/why/said-of-need.ts'

/** A line of the pod's texts with its verdict on the pod's node. */
export interface Judged {
  readonly text: SeenText
  readonly cause: LogCause
}

export function judgeTexts(
  texts: readonly TextHits[],
  node: NodeStatus | null,
  { catalog }: { readonly catalog: ReadonlyMap<string, Check> },
): readonly Judged[] {
  const known = {
    checks: catalog,
    answerFor: (hit: { check: string | null; need: string | null }) => saidOfNeed(node, hit, catalog),
  }
  const byWhomItIsSaid = (cause: LogCause): LogCause => {
    const saying = checkSaying(node, cause, catalog)
    if (saying === null) return cause
    const title = catalog.get(saying.name)?.title ?? null
    // What is only recommended is not proven by a line that others print too.
    const isWeak =
      cause.verdict === 'confirmed' && saying.state !== 'missing' && cause.confidence !== 'certain'
    return { ...cause, check: saying.name, title, ...(isWeak && { verdict: 'likely' }) }
  }
  // Of several checks that a line may be about, only those count that the node speaks of, if it speaks of any.
  const isSaid = (hit: Hit) => saidOfNeed(node, hit, catalog) !== null
  const spokenOf = (hits: readonly Hit[]) =>
    hits.filter((hit) => isSaid(hit) || !hits.some((other) => isSameThing(hit, other) && isSaid(other)))
  return texts.flatMap(({ text, hits }) =>
    judgeHits(spokenOf(hits), known).map((cause) => ({ text, cause: byWhomItIsSaid(cause) })),
  )
}

function isSameThing({ subject: a }: Hit, { subject: b }: Hit): boolean {
  return a !== null && b !== null && a.kind === b.kind && a.name === b.name
}

export function confirmed(judged: readonly Judged[], node: NodeStatus | null): Cause | null {
  const found = judged.find(({ cause }) => cause.verdict === 'confirmed')
  if (found === undefined) return null
  const { check, need } = found.cause
  return { ...causeOf(found, node), verdict: 'confirmed', says: lacks(node, check, need) }
}

/** The node has it by now, and got it after the container began: so it was missing then. */
export function fixedSince(
  judged: readonly Judged[],
  { node, end }: { node: NodeStatus | null; end: number | null },
): Cause | null {
  for (const one of judged) {
    if (one.cause.verdict !== 'not here' || one.cause.confidence === 'possible') continue
    const side = hostSideOf(node, one.cause.check)
    if (side?.was !== 'missing' || side.since === null || end === null || Date.parse(side.since) < end)
      continue
    return {
      ...causeOf(one, node),
      verdict: 'likely',
      says: `the node lacked what ${plainLine(one.cause.check ?? '')} needs, and has it since ${side.since}`,
      next: 'the kubelet starts the container again within 5 minutes; "hostdeps restart" does it at once',
      readySince: side.since,
    }
  }
  return null
}

/** Of a line that nothing but a host's lack explains, on a node that does not say. */
export function surely(judged: readonly Judged[], node: NodeStatus | null): Cause | null {
  const found = judged.find(
    ({ cause }) => cause.verdict === 'likely' && cause.confidence !== 'possible' && isOpen(cause),
  )
  return found === undefined ? null : likely(found, node)
}

/** What an own check's line explains without a need is said, and is no need of the host. */
function isOpen({ check, need, confidence }: LogCause): boolean {
  return (check !== null && need !== noNeed) || confidence === 'certain'
}

function likely(found: Judged, node: NodeStatus | null): Cause {
  const { check } = found.cause
  const side = hostSideOf(node, check)
  const where = node === null ? 'its node cannot be read' : `${node.name} does not say whether it is so`
  return {
    ...causeOf(found, node),
    verdict: 'likely',
    next:
      side?.state === 'missing'
        ? 'such a line may be about the image too; if the host is meant, the fix is below'
        : `${where}: ${check === null ? 'no check knows it' : 'run "hostdeps explain" with the log there, or publish the check'}`,
  }
}

/** Of a line that may be about the image as well. */
export function perhaps(judged: readonly Judged[], node: NodeStatus | null): Cause | null {
  const found = judged.find(
    ({ cause }) => cause.verdict === 'likely' && cause.check !== null && cause.need !== noNeed,
  )
  if (found === undefined) return null
  const isMissing = hostSideOf(node, found.cause.check)?.state === 'missing'
  return { ...likely(found, node), verdict: isMissing ? 'likely' : 'possible' }
}

export function isRuledOut({ cause }: Judged): boolean {
  return cause.verdict === 'not here' && cause.confidence !== 'possible'
}

export function ruledOutLine({ check, subject, line, text }: LogCause, node: NodeStatus | null): string {
  const what = subject?.name ?? `what ${check ?? 'it'} needs`
  return `${node?.name ?? 'the node'} has ${plainLine(what)} now, which is in question by ${line === 0 ? 'the exit code' : `"${plainLine(text)}"`}`
}

function causeOf({ text, cause }: Judged, node: NodeStatus | null): Cause {
  const { check, title, need, means, source } = cause
  const side = hostSideOf(node, check)
  return {
    ...noCause,
    check,
    title,
    need,
    says: plainLine(means),
    source,
    evidence: [evidenceOf(text, cause.line === 0 ? '' : cause.text)],
    hosts: side === null ? [] : [side],
  }
}

/** A program that nobody finds, in an image: the node has it, or no check of hosts knows it. */
export function imageLacks(judged: readonly Judged[], node: NodeStatus | null): Cause | null {
  const found = judged.find(
    ({ cause }) => cause.confidence === 'possible' && cause.subject?.kind === 'binary',
  )
  if (found === undefined) return null
  const { cause, text } = found
  const name = plainLine(cause.subject?.name ?? '')
  const side = hostSideOf(node, cause.check)
  const hasIt = side !== null && isUsable(side.state) ? `; ${side.node} has it` : ''
  return {
    ...noCause,
    verdict: 'not the host',
    says: `its image has no ${name}${hasIt}`,
    next: 'correct the command in the pod, or take an image that has it',
    evidence: [evidenceOf(text, cause.text)],
  }
}
