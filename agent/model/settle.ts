import type { CheckResult, Finding, Report, ReportCheck, Round, Published, PublishedNeed } from './report.ts'
import { isSameList } from './same-list.ts'
import { isUsable } from './state.ts'

/**
 * Turns rounds, which have no memory, into a report that people and controllers can act on:
 *
 * - to ready: at once;
 * - from ready to missing: when two rounds at least {@link confirmAfter} apart agree (a label that leaves ready makes the
 *   DaemonSet controller delete pods);
 * - a half-installed package keeps the last state for {@link brokenAfter}, because dpkg passes through that state;
 * - to unknown: at once in the report, on the Node only after `unknownAfter`.
 */
export interface Settled {
  readonly report: Report
  readonly memory: ReadonlyMap<string, CheckMemory>
}

/** Boot clock, milliseconds. */
export const confirmAfter = 10_000
const brokenAfter = 600_000

/** Shared, because an unchanged check stays the same object. */
export const noChanges: ReportCheck['changesTo'] = { missing: 0, unknown: 0, ready: 0, 'not-applicable': 0 }

interface CheckMemory {
  readonly check: ReportCheck
  /** Boot clock when missing was first seen while the label said ready. */
  readonly missingFrom: number | null
  /** Boot clock when answers stopped coming. */
  readonly unknownFrom: number | null
}

export function settle(before: Settled | null, round: Round, node: string): Settled {
  const memories = round.checks.map((result) => {
    const old = before?.memory.get(result.name) ?? null
    const memory = settleCheck(old, { result, round })
    return { ...memory, check: sameOr(old?.check, memory.check) }
  })
  const checks = sameList(
    before?.report.checks,
    memories.map((memory) => memory.check),
  )
  const { at, took, settings, host, probing, crashes, seen, fix } = round
  return {
    report: { v: 1, node, at, took, settings, host, probing, crashes, seen, fix, checks },
    memory: new Map(memories.map((memory) => [memory.check.name, memory])),
  }
}

/** An unchanged check stays the same object, so many reports, and what is cached for them, take little more memory than one. */
function sameOr(old: ReportCheck | undefined, now: ReportCheck): ReportCheck {
  if (old === undefined) return now
  const isSamePublished =
    isSame(old.published, now.published, 'needs') && isSameNeeds(old.published.needs, now.published.needs)
  return isSamePublished && isSame(old, now, 'published') ? old : now
}

function isSameNeeds(one: readonly PublishedNeed[], other: readonly PublishedNeed[]): boolean {
  return one.length === other.length && one.every((need, index) => isSame(need, other[index]))
}

function sameList(old: readonly ReportCheck[] | undefined, now: readonly ReportCheck[]) {
  return old !== undefined && isSameList(old, now) ? old : now
}

/** Compares values by identity, but for one key. This runs for each check in each round, so it makes nothing. */
function isSame<T extends object>(one: T, other: T | undefined, but?: keyof T): boolean {
  if (other === undefined) return false
  for (const key in one) if (key !== but && one[key] !== other[key]) return false
  for (const key in other) if (!(key in one)) return false
  return true
}

interface News {
  readonly result: CheckResult
  readonly round: Round
}

function settleCheck(before: CheckMemory | null, news: News): CheckMemory {
  const { result, round } = news
  if (before === null) {
    return turn(null, news, { isBelieved: true, unknownFrom: result.state === 'unknown' ? round.boot : null })
  }
  if (result.state === 'unknown') return keepPublished(before, news)
  const isLeavingReady = before.check.published.state === 'ready' && result.state === 'missing'
  if (!isLeavingReady) return turn(before, news, { isBelieved: true, unknownFrom: null })
  const missingFrom = earlier(before.missingFrom, round.boot)
  const patience = result.findings.some(isBroken) ? brokenAfter : confirmAfter
  if (round.boot - missingFrom >= patience) return turn(before, news, { isBelieved: true, unknownFrom: null })
  return hold(before, news, missingFrom)
}

/** A start later than now is from before a reboot, which resets the boot clock. */
function earlier(from: number | null, now: number): number {
  return Math.min(from ?? now, now)
}

/** The report says unknown at once; the Node does after a long silence. */
function keepPublished(before: CheckMemory, news: News): CheckMemory {
  const unknownFrom = earlier(before.unknownFrom, news.round.boot)
  const isLong = news.round.boot - unknownFrom >= news.round.settings.unknownAfter
  const isBelieved = isLong || before.check.published.state === 'unknown'
  return { ...turn(before, news, { isBelieved, unknownFrom }), missingFrom: before.missingFrom }
}

/**
 * The change is not confirmed yet: the report keeps the last state and shows the new one as pending. After silence the report
 * shows what is seen, and the Node keeps the last state.
 */
function hold(before: CheckMemory, news: News, missingFrom: number): CheckMemory {
  const { state, reason } = news.result
  const pending = { state, reason, since: before.check.pending?.since ?? news.round.at }
  const wasSilent = before.check.state === 'unknown'
  const { check } = wasSilent ? turn(before, news, { isBelieved: false, unknownFrom: null }) : before
  return { check: { ...check, isPublished: isAmongPublished(news), pending }, missingFrom, unknownFrom: null }
}

/** The report says what is seen; the Node says it too if it is believed. */
function turn(
  before: CheckMemory | null,
  news: News,
  next: { isBelieved: boolean; unknownFrom: number | null },
): CheckMemory {
  const { result, round } = news
  const hasChanged = before !== null && before.check.state !== result.state
  const since = before === null || hasChanged ? round.at : before.check.since
  const old = before?.check.changesTo ?? noChanges
  const changesTo = hasChanged ? { ...old, [result.state]: old[result.state] + 1 } : old
  const changes = (before?.check.changes ?? 0) + Number(hasChanged)
  const flaps = (before?.check.flaps ?? 0) + (isTakenBack(before, result) ? 1 : 0)
  const published = before !== null && !next.isBelieved ? before.check.published : publish(before, news)
  const isPublished = isAmongPublished(news)
  const check = { ...result, since, isPublished, published, pending: null, changes, changesTo, flaps }
  return { check, missingFrom: null, unknownFrom: next.unknownFrom }
}

/** Missing was seen while the label said ready, and did not hold. */
function isTakenBack(before: CheckMemory | null, { state }: CheckResult): boolean {
  return before !== null && before.missingFrom !== null && isUsable(state)
}

function publish(before: CheckMemory | null, { result, round }: News): Published {
  const { state, reason, message, fix } = result
  const old = before?.check.published
  const since = old?.state === state ? old.since : round.at
  const was = old === undefined || old.state === state ? (old?.was ?? null) : old.state
  const needs = result.findings.filter(isTrouble).map(({ need: id, reason }) => ({ id, reason }))
  return { state, since, was, reason, message, fix, needs }
}

function isTrouble(finding: Finding): boolean {
  return finding.state === 'missing' || finding.state === 'unknown'
}

function isAmongPublished(news: News): boolean {
  return news.round.settings.checks.includes(news.result.name)
}

function isBroken(finding: Finding): boolean {
  if (finding.recommended || finding.state !== 'missing') return false
  return finding.reason === 'PackageBroken' || (finding.findings?.some(isBroken) ?? false)
}
