import { checkVerdict } from './algebra.ts'
import type { Answers } from './answers.ts'
import type { Check } from './check.ts'
import type { Facts } from './facts.ts'
import type { Fix, FixByDistro } from './fix.ts'
import type { AnyOfNeed, CheckNeed, HostNeed, Need } from './need.ts'
import type { Unanswered } from './question.ts'
import { verdict } from './reason.ts'
import type { Reason, Verdict } from './reason.ts'
import { rebootVerdict } from './reboot.ts'
import type { CheckResult, Finding } from './report.ts'
import { saysOf } from './taken-in.ts'

/** What a round came to know, and how a fix is put into words for this host. */
export interface Asked {
  readonly facts: Facts
  readonly answers: Answers
  /** Set when the host cannot be asked at all: then every finding is unknown for this one reason. */
  readonly unreachable: Unanswered | null
  readonly fixText: (mends: readonly Mend[], facts: Facts) => string | null
}

/** How one finding could be mended: the fix of its very reason first, then what the files say, nearest first. */
export interface Mend {
  readonly own: Fix | null
  readonly written: readonly FixByDistro[]
}

interface Judged<T> {
  readonly result: T
  readonly mends: readonly Mend[]
}

/** Judges every check by its name. `checks` must hold all that they take in (see closeOver of the catalogue). */
export function judge(checks: readonly Check[], asked: Asked): CheckResult[] {
  const judged = new Map<string, Judged<CheckResult>>()
  const byName = new Map(checks.map((check) => [check.name, check]))
  const judgeOnce = (name: string): Judged<CheckResult> | null => {
    const check = byName.get(name)
    if (check === undefined) return null
    const known = judged.get(name) ?? judgeCheck(check, { asked, judgeOnce })
    judged.set(name, known)
    return known
  }
  return checks.flatMap((check) => judgeOnce(check.name)?.result ?? [])
}

interface Context {
  readonly asked: Asked
  readonly judgeOnce: (name: string) => Judged<CheckResult> | null
}

function judgeCheck(check: Check, context: Context): Judged<CheckResult> {
  const all = check.needs.map((need) => judgeNeed(need, check, context))
  const findings = all.map(({ result }) => result)
  const { state, reason, message } = checkVerdict(findings)
  // What is only recommended comes after what is missing: often the same package mends both.
  const pressing = state === 'missing' ? all.filter(({ result }) => !result.recommended) : all
  const mends = pressing.flatMap((judged) => judged.mends)
  const fix = context.asked.fixText(mends, context.asked.facts)
  const { name, title, why } = check
  return { result: { name, title, why, state, reason, message, fix, findings }, mends }
}

function judgeNeed(need: Need, check: Check, context: Context): Judged<Finding> {
  const { asked } = context
  const why = asked.unreachable === null ? need.applies(asked.facts) : null
  if (why !== null) return finding(need, check, { asked, verdict: verdict('NotApplicable', { why }) })
  if (need.type === 'check') return judgeTakenIn(need, check, context)
  if (need.type === 'anyOf') return judgeAnyOf(need, check, context)
  return finding(need, check, { asked, verdict: askedVerdict(need, asked) })
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
    return finding(need, check, {
      asked: context.asked,
      verdict: verdict('QuestionFailed', { what: need.id, detail }),
    })
  }
  const result = { ...base(need, taken.result.why), ...saysOf(taken.result) }
  return { result, mends: taken.mends }
}

function judgeAnyOf(need: AnyOfNeed, check: Check, context: Context): Judged<Finding> {
  const all = need.needs.map((inner) => judgeNeed(inner, check, context))
  const findings = all.map(({ result }) => result)
  const said = anyOfVerdict(findings)
  const own = finding(need, check, { asked: context.asked, verdict: said })
  if (said.state !== 'missing' || need.fix !== null) return { ...own, result: { ...own.result, findings } }
  const mendable = all.filter((inner) => inner.mends.length > 0)
  const { mends } = mendable.find(hasCommand) ?? mendable[0] ?? { mends: [] }
  const fix = context.asked.fixText(mends, context.asked.facts)
  return { result: { ...own.result, findings, fix }, mends }
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
  if (unknown) return { ...unknown, evidence, fix: null }
  return verdict('AnyOfMissing', { messages: applying.map((inner) => inner.message) }, { evidence })
}

function finding(need: Need, check: Check, judged: { asked: Asked; verdict: Verdict }): Judged<Finding> {
  const { state, reason, message, evidence, fix: own } = judged.verdict
  const written = writtenFixes(need, check, reason)
  const mends = state === 'missing' ? [{ own, written }] : []
  const fix = judged.asked.fixText(mends, judged.asked.facts)
  return { result: { ...base(need, check.why), state, reason, message, evidence, fix }, mends }
}

/** Nearest first: a check's fix is for those of its needs that nothing nearer mends. */
export function writtenFixes(need: Need, check: Check, reason: Reason | null): readonly FixByDistro[] {
  const usual = need.type === 'host' ? need.usualFix(reason) : null
  return [need.fix, usual, check.fix].filter((fix) => fix !== null)
}

function base(need: Need, why: string) {
  return {
    need: need.id,
    kind: need.type === 'host' ? need.kind : need.type,
    why: need.why ?? why,
    recommended: need.recommended,
  }
}
