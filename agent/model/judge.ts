import { anyOfVerdict, hasCommand } from './any-of.ts'
import { checkVerdict } from './check-state.ts'
import type { Asked } from './asked.ts'
import type { Check } from './check.ts'
import { conflictVerdict, findOpponents, needsAgainst } from './conflict.ts'
import type { Opponent, OpponentView } from './conflict.ts'
import { wordsOf } from './failed.ts'
import type { FixCandidate } from './fix-candidate.ts'
import type { AnyOfNeed, CheckNeed, HostNeed, Need } from './need.ts'
import { keepChecks } from './kept-checks.ts'
import type { Kept } from './kept-checks.ts'
import { worthFixing } from './worth-fixing.ts'
import { goneAfterReboot } from './next-boot.ts'
import { sourcesOf } from './needs-of.ts'
import { nearFixes, otherFixes } from './other-fixes.ts'
import { verdict } from './reason.ts'
import type { Reason, Verdict } from './reason.ts'
import { rebootVerdict } from './reboot.ts'
import type { CheckResult, Finding } from './report.ts'
import { resultAsFinding } from './included.ts'

/** The result, and what its fix is made of. */
export interface Judged<T> {
  readonly result: T
  readonly candidates: readonly FixCandidate[]
}

/** Every check judged, and how to fix several of them at once. */
export interface Judgement {
  readonly results: CheckResult[]
  /** One text that fixes all that is missing of these checks; null when there is nothing to fix. */
  readonly fixAll: (names: readonly string[]) => string | null
  readonly candidatesOf: (names: readonly string[]) => readonly FixCandidate[]
  /** For the next round. */
  readonly kept: Kept<Judged<CheckResult> | null> | null
}

export function judge(checks: readonly Check[], asked: Asked): CheckResult[] {
  return judgeAll(checks, asked).results
}

/**
 * Judges every check. `checks` must hold everything that they include (see checksToAsk in the catalog).
 *
 * @param last what the judgement of the round before kept, with the same config
 */
export function judgeAll(checks: readonly Check[], asked: Asked, last: Judgement['kept'] = null): Judgement {
  const byName = new Map(checks.map((check) => [check.name, check]))
  const { of, kept } = keepChecks<Judged<CheckResult> | null>(checks, asked, {
    last,
    make(name, noted) {
      const check = byName.get(name)
      return check === undefined ? null : judgeCheck(check, contextOf(noted))
    },
  })
  const contextOf = (noted: Asked): Context => ({
    asked: noted,
    judgeOnce: of,
    opponentsOf: (need, check, reasons) =>
      findOpponents(need, reasons, opponentViewOf(check, byName, contextOf(noted))),
  })
  const candidatesOf: Judgement['candidatesOf'] = (names) =>
    names.flatMap((name) => of(name)?.candidates ?? [])
  return {
    results: checks.flatMap((check) => of(check.name)?.result ?? []),
    candidatesOf,
    fixAll: (names) =>
      attempt(() => asked.fixText(candidatesOf(names), asked.facts, names.length > 1), asked, undefined),
    kept,
  }
}

interface Context {
  readonly asked: Asked
  readonly judgeOnce: (name: string) => Judged<CheckResult> | null
  /** The checks that want the opposite of a need that is missing for these reasons. */
  readonly opponentsOf: (need: Need, check: Check, reasons: readonly Reason[]) => readonly Opponent[]
}

/** What is known about a check's possible opponents. Their needs are judged without looking for opponents of their own. */
function opponentViewOf(check: Check, byName: ReadonlyMap<string, Check>, context: Context): OpponentView {
  const alone = { ...context, opponentsOf: () => [] }
  return {
    publishedBy: context.asked.publishedBy,
    opposing(name) {
      const other = byName.get(name)
      if (other === undefined) return []
      return needsAgainst(other.needs, check.name).map((need) => judgeNeed(need, other, alone).result.state)
    },
  }
}

function judgeCheck(check: Check, context: Context): Judged<CheckResult> {
  const all = check.needs.flatMap((need) => {
    const now = judgeNeed(need, check, context)
    const later = now.result.state === 'ready' ? judgeNextBoot(need, check, context) : null
    return later === null ? [now] : [now, later]
  })
  const findings = all.map(({ result }) => result)
  const { state, reason, message } = checkVerdict(findings)
  // When something required is missing, recommendations can wait: the same package often brings both.
  const isPressing = ({ result }: Judged<Finding>) => !result.recommended && result.state === 'missing'
  const pressing = state === 'missing' ? all.filter(isPressing) : all
  const candidates = worthFixing(pressing).flatMap((judged) => judged.candidates)
  const fix = fixOf(candidates, context.asked, check.needs[0])
  const { name, title, why } = check
  const sources = sourcesOf(check)
  const words = { name, title, why, state, reason, message, fix, ...(sources.length > 0 && { sources }) }
  return { result: { ...words, findings }, candidates }
}

/** What of a need that is ready a reboot takes away: a finding of its own, recommended, so that the need stays ready. */
function judgeNextBoot(need: Need, check: Check, { asked }: Context): Judged<Finding> | null {
  const { answers, facts, unreachable } = asked
  const gone = unreachable === null ? attempt(() => goneAfterReboot(need, answers, facts), asked, need) : null
  if (gone === null) return null
  const { state, reason, message, evidence } = gone
  const others = [gone.genericFix && { all: gone.genericFix }, gone.fixByDistro].filter((fix) => fix !== null)
  const candidates = [{ exact: gone.fix, others, opponents: [], isRecommended: true }]
  const own = { ...base(need, check.why), need: `${need.id}:reboot`, recommended: true }
  const fix = fixOf(candidates, asked, need)
  return { result: { ...own, state, reason, message, evidence, fix }, candidates }
}

/** A bug of ours makes this one need unknown, and no other. */
function judgeNeed(need: Need, check: Check, context: Context): Judged<Finding> {
  try {
    return judgeSound(need, check, context)
  } catch (error) {
    context.asked.failed?.(error, need)
    const detail = `hostdeps failed to judge it: ${wordsOf(error)}`
    const { state, reason, message } = verdict('QuestionFailed', { what: need.id, detail })
    return {
      result: { ...base(need, check.why), state, reason, message, evidence: [], fix: null },
      candidates: [],
    }
  }
}

function judgeSound(need: Need, check: Check, context: Context): Judged<Finding> {
  const { asked } = context
  const why = asked.unreachable === null ? need.applies(asked.facts) : null
  if (why !== null) return finding(need, check, { context, verdict: verdict('NotApplicable', { why }) })
  if (need.type === 'check') return judgeIncluded(need, check, context)
  if (need.type === 'anyOf') return judgeAnyOf(need, check, context)
  return finding(need, check, { context, verdict: askedVerdict(need, asked) })
}

function askedVerdict(need: HostNeed, asked: Asked): Verdict {
  if (asked.unreachable !== null) return verdict('HostNotReachable', asked.unreachable)
  return rebootVerdict(need.judge(asked.answers, asked.facts), asked.facts)
}

/** An included check: the need has that check's state and message. */
function judgeIncluded(need: CheckNeed, check: Check, context: Context): Judged<Finding> {
  const included = context.judgeOnce(need.check)
  if (included === null) {
    const detail = `the check ${need.check} is not in the catalogue`
    return finding(need, check, { context, verdict: verdict('QuestionFailed', { what: need.id, detail }) })
  }
  const result = { ...base(need, included.result.why), ...resultAsFinding(included.result) }
  const { candidates } = included
  if (!need.recommended || candidates.length === 0) return { result, candidates }
  const waiting = asRecommended(candidates)
  return { result: { ...result, fix: fixOf(waiting, context.asked, need) }, candidates: waiting }
}

function asRecommended(candidates: readonly FixCandidate[]): readonly FixCandidate[] {
  return candidates.map((candidate) => ({ ...candidate, isRecommended: true }))
}

function judgeAnyOf(need: AnyOfNeed, check: Check, context: Context): Judged<Finding> {
  const all = need.needs.map((inner) => judgeNeed(inner, check, context))
  const said = anyOfVerdict(all.map(({ result }) => result))
  const reasons = all.map(({ result }) => result.reason)
  const own = finding(need, check, { context, verdict: said, reasons })
  const opponents = own.candidates[0]?.opponents ?? []
  const opposed = all.map((inner, index) =>
    oppose(inner, opponents, { ...context, need: need.needs[index] ?? need }),
  )
  const findings = opposed.map(({ result }) => result)
  const nearest = [{ exact: null, others: nearFixes(need, check), opponents: [] }]
  const isWritten = fixOf(nearest, context.asked, need) !== null
  if (said.state !== 'missing' || isWritten) return { ...own, result: { ...own.result, findings } }
  const fixable = opposed.filter(({ result }) => result.fix !== null)
  const nearestOne = fixable.find(hasCommand) ?? fixable[0] ?? { candidates: [] }
  const candidates = need.recommended ? asRecommended(nearestOne.candidates) : nearestOne.candidates
  return { result: { ...own.result, findings, fix: fixOf(candidates, context.asked, need) }, candidates }
}

/** An opponent of the whole anyOf is an opponent of each alternative. */
function oppose(
  inner: Judged<Finding>,
  opponents: readonly Opponent[],
  { asked, need }: Context & { readonly need: Need },
): Judged<Finding> {
  if (opponents.length === 0) return inner
  const candidates = inner.candidates.map((candidate) => ({ ...candidate, opponents }))
  return { result: { ...inner.result, fix: fixOf(candidates, asked, need) }, candidates }
}

interface Said {
  readonly context: Context
  readonly verdict: Verdict
  /** The alternatives' reasons, for anyOf. */
  readonly reasons?: readonly Reason[]
}

function finding(need: Need, check: Check, { context, verdict: said, reasons }: Said): Judged<Finding> {
  const opponents = said.state === 'missing' ? context.opponentsOf(need, check, reasons ?? [said.reason]) : []
  const { state, reason, message, evidence } = conflictVerdict(said, opponents)
  const own = { ...base(need, check.why), state, reason, message, evidence }
  if (state !== 'missing') return { result: { ...own, fix: null }, candidates: [] }
  const others = attempt(() => otherFixes(need, check, said), context.asked, need) ?? nearFixes(need, check)
  const candidates = [{ exact: said.fix, others, opponents, isRecommended: need.recommended }]
  return { result: { ...own, fix: fixOf(candidates, context.asked, need) }, candidates }
}

/** A bug of ours may cost a finding its fix, but never its state. */
function fixOf(candidates: readonly FixCandidate[], asked: Asked, need: Need | undefined): string | null {
  if (candidates.length === 0) return null
  return attempt(() => asked.fixText(candidates, asked.facts), asked, need)
}

function attempt<T>(make: () => T, { failed }: Asked, need: Need | undefined): T | null {
  try {
    return make()
  } catch (error) {
    failed?.(error, need ?? null)
    return null
  }
}

function base(need: Need, why: string) {
  return {
    need: need.id,
    kind: need.type === 'host' ? need.kind : need.type,
    why: need.why ?? why,
    recommended: need.recommended,
  }
}
