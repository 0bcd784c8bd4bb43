import { checkVerdict } from './check-state.ts'
import type { Answers } from './answers.ts'
import type { Check } from './check.ts'
import { conflictVerdict, findOpponents, needsAgainst } from './conflict.ts'
import type { Opponent, Sight } from './conflict.ts'
import type { Facts } from './facts.ts'
import { wordsOf } from './failed.ts'
import type { Failed } from './failed.ts'
import type { Fix, FixByDistro } from './fix.ts'
import type { AnyOfNeed, CheckNeed, HostNeed, Need } from './need.ts'
import type { Unanswered } from './question.ts'
import { repeatVerdict, verdict } from './reason.ts'
import type { Reason, Verdict } from './reason.ts'
import { rebootVerdict } from './reboot.ts'
import type { CheckResult, Finding } from './report.ts'
import { resultAsFinding } from './included.ts'

/** What a round came to know, and how a fix is put into words for this host. */
export interface Asked {
  readonly facts: Facts
  readonly answers: Answers
  /** Set when the host cannot be asked at all: then every finding is unknown for this one reason. */
  readonly unreachable: Unanswered | null
  /** Of a check, those that go on the Node: itself, or what takes it in. */
  readonly publishedBy: (check: string) => readonly string[]
  readonly fixText: (mends: readonly Mend[], facts: Facts) => string | null
  /** Told of our own bugs, each time one is met: whatever a host answers, the others are judged. */
  readonly failed?: Failed
}

/** How one finding could be mended: the fix of its very reason first, then what the files say, nearest first. */
export interface Mend {
  readonly own: Fix | null
  readonly written: readonly FixByDistro[]
  /** Whose wish it would undo. */
  readonly opponents: readonly Opponent[]
}

interface Judged<T> {
  readonly result: T
  readonly mends: readonly Mend[]
}

/** Judges every check by its name. `checks` must hold all that they take in (see askedFor of the catalogue). */
export function judge(checks: readonly Check[], asked: Asked): CheckResult[] {
  const judged = new Map<string, Judged<CheckResult>>()
  const byName = new Map(checks.map((check) => [check.name, check]))
  const judgeOnce = (name: string): Judged<CheckResult> | null => {
    const check = byName.get(name)
    if (check === undefined) return null
    const known = judged.get(name) ?? judgeCheck(check, context)
    judged.set(name, known)
    return known
  }
  const context: Context = {
    asked,
    judgeOnce,
    opponentsOf: (need, check, reasons) => findOpponents(need, reasons, sightOf(check, byName, context)),
  }
  return checks.flatMap((check) => judgeOnce(check.name)?.result ?? [])
}

interface Context {
  readonly asked: Asked
  readonly judgeOnce: (name: string) => Judged<CheckResult> | null
  /** Who wants the opposite of a need that is missing for these reasons. */
  readonly opponentsOf: (need: Need, check: Check, reasons: readonly Reason[]) => readonly Opponent[]
}

/** What is known of the checks that may stand against one. Their needs are judged without asking who stands against them. */
function sightOf(check: Check, byName: ReadonlyMap<string, Check>, context: Context): Sight {
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
  const all = check.needs.map((need) => judgeNeed(need, check, context))
  const findings = all.map(({ result }) => result)
  const { state, reason, message } = checkVerdict(findings)
  // What is only recommended comes after what is missing: often the same package mends both.
  const isPressing = ({ result }: Judged<Finding>) => !result.recommended && result.state === 'missing'
  const pressing = state === 'missing' ? all.filter(isPressing) : all
  const mends = pressing.flatMap((judged) => judged.mends)
  const fix = fixOf(mends, context.asked, check.needs[0])
  const { name, title, why } = check
  return { result: { name, title, why, state, reason, message, fix, findings }, mends }
}

/** A need that cannot be judged, by our own fault, is unknown, and no other. */
function judgeNeed(need: Need, check: Check, context: Context): Judged<Finding> {
  try {
    return judgeSound(need, check, context)
  } catch (error) {
    context.asked.failed?.(error, need)
    const detail = `hostdeps failed to judge it: ${wordsOf(error)}`
    const { state, reason, message } = verdict('QuestionFailed', { what: need.id, detail })
    return {
      result: { ...base(need, check.why), state, reason, message, evidence: [], fix: null },
      mends: [],
    }
  }
}

function judgeSound(need: Need, check: Check, context: Context): Judged<Finding> {
  const { asked } = context
  const why = asked.unreachable === null ? need.applies(asked.facts) : null
  if (why !== null) return finding(need, check, { context, verdict: verdict('NotApplicable', { why }) })
  if (need.type === 'check') return judgeTakenIn(need, check, context)
  if (need.type === 'anyOf') return judgeAnyOf(need, check, context)
  return finding(need, check, { context, verdict: askedVerdict(need, asked) })
}

function askedVerdict(need: HostNeed, asked: Asked): Verdict {
  if (asked.unreachable !== null) return verdict('HostNotReachable', asked.unreachable)
  return rebootVerdict(need.judge(asked.answers, asked.facts), asked.facts)
}

/** A check taken in: its state and words are those of that check. */
function judgeTakenIn(need: CheckNeed, check: Check, context: Context): Judged<Finding> {
  const taken = context.judgeOnce(need.check)
  if (taken === null) {
    const detail = `the check ${need.check} is not in the catalogue`
    return finding(need, check, { context, verdict: verdict('QuestionFailed', { what: need.id, detail }) })
  }
  const result = { ...base(need, taken.result.why), ...resultAsFinding(taken.result) }
  return { result, mends: taken.mends }
}

function judgeAnyOf(need: AnyOfNeed, check: Check, context: Context): Judged<Finding> {
  const all = need.needs.map((inner) => judgeNeed(inner, check, context))
  const said = anyOfVerdict(all.map(({ result }) => result))
  const reasons = all.map(({ result }) => result.reason)
  const own = finding(need, check, { context, verdict: said, reasons })
  const opponents = own.mends[0]?.opponents ?? []
  const opposed = all.map((inner, index) =>
    oppose(inner, opponents, { ...context, need: need.needs[index] ?? need }),
  )
  const findings = opposed.map(({ result }) => result)
  const ownFixes = [{ own: null, written: nearFixes(need, check), opponents: [] }]
  const isWritten = fixOf(ownFixes, context.asked, need) !== null
  if (said.state !== 'missing' || isWritten) return { ...own, result: { ...own.result, findings } }
  const mendable = opposed.filter(({ result }) => result.fix !== null)
  const { mends } = mendable.find(hasCommand) ?? mendable[0] ?? { mends: [] }
  return { result: { ...own.result, findings, fix: fixOf(mends, context.asked, need) }, mends }
}

/** Who stands against the whole stands against each alternative. */
function oppose(
  inner: Judged<Finding>,
  opponents: readonly Opponent[],
  { asked, need }: Context & { readonly need: Need },
): Judged<Finding> {
  if (opponents.length === 0) return inner
  const mends = inner.mends.map((mend) => ({ ...mend, opponents }))
  return { result: { ...inner.result, fix: fixOf(mends, asked, need) }, mends }
}

/** Of several alternatives, one that a command mends is worth telling before one that takes another kernel. */
function hasCommand({ result }: Judged<Finding>): boolean {
  return result.fix?.split('\n').some((line) => !line.startsWith('#')) ?? false
}

/** Ready if any is, missing if all that apply are, else unknown. */
function anyOfVerdict(findings: readonly Finding[]): Verdict {
  const applying = findings.filter((inner) => inner.state !== 'not-applicable')
  const ready = applying.find((inner) => inner.state === 'ready')
  const unknown = applying.find((inner) => inner.state === 'unknown')
  const evidence = applying.flatMap((inner) => inner.evidence)
  if (ready) return verdict('AnyOfReady', ready, { evidence: ready.evidence })
  if (applying.length === 0) return verdict('NotApplicable', { why: 'none of the alternatives does' })
  if (unknown) return repeatVerdict(unknown, evidence)
  return verdict('AnyOfMissing', { messages: applying.map((inner) => inner.message) }, { evidence })
}

interface Said {
  readonly context: Context
  readonly verdict: Verdict
  /** Of the alternatives, when it is about several. */
  readonly reasons?: readonly Reason[]
}

function finding(need: Need, check: Check, { context, verdict: said, reasons }: Said): Judged<Finding> {
  const opponents = said.state === 'missing' ? context.opponentsOf(need, check, reasons ?? [said.reason]) : []
  const { state, reason, message, evidence } = conflictVerdict(said, opponents)
  const written =
    attempt(() => writtenFixes(need, check, said), context.asked, need) ?? nearFixes(need, check)
  const mends = state === 'missing' ? [{ own: said.fix, written, opponents }] : []
  const fix = fixOf(mends, context.asked, need)
  return { result: { ...base(need, check.why), state, reason, message, evidence, fix }, mends }
}

/** What is missing stays missing where our own fault takes its fix. */
function fixOf(mends: readonly Mend[], asked: Asked, need: Need | undefined): string | null {
  return attempt(() => asked.fixText(mends, asked.facts), asked, need)
}

function attempt<T>(make: () => T, { failed }: Asked, need: Need | undefined): T | null {
  try {
    return make()
  } catch (error) {
    failed?.(error, need ?? null)
    return null
  }
}

/**
 * Nearest first. What the file writes for a need is more careful than what its kind does for any; the check's fix is that
 * of its only need, and otherwise for those that nothing nearer mends.
 */
export function writtenFixes(need: Need, check: Check, said: Verdict | null): readonly FixByDistro[] {
  const usual = said === null || said.usual === null ? null : { all: said.usual }
  const ofKind = need.type === 'host' ? need.usualFix(said?.reason ?? null) : null
  return [...nearFixes(need, check), usual, ofKind, check.fix].filter((fix) => fix !== null)
}

function nearFixes(need: Need, check: Check): readonly FixByDistro[] {
  return [need.fix, check.needs.length === 1 ? check.fix : null].filter((fix) => fix !== null)
}

function base(need: Need, why: string) {
  return {
    need: need.id,
    kind: need.type === 'host' ? need.kind : need.type,
    why: need.why ?? why,
    recommended: need.recommended,
  }
}
