import { showDuration } from '#agent/model/duration.ts'
import type { Clock } from '#agent/model/host.ts'
import type { CheckResult, Report, ReportSource, Round } from '#agent/model/report.ts'
import { settle } from '#agent/model/settle.ts'
import type { Settled } from '#agent/model/settle.ts'
import { stale } from '#agent/model/stale.ts'

/** Rounds go in, reports are to be had: the newest one, with who wants to hear of the next. */
export interface ReportStore extends ReportSource {
  take(round: Round): Report
  /** Call it when there is no round: every check is unknown, and the reason is RoundStale. */
  silence(why: string): void
  /** Goes on from what was settled before a restart; what came since is settled anew on top of it. */
  restore(before: Settled): void
}

export interface ReportStoreOptions {
  readonly clock: Clock
  /** Milliseconds from round to round, until a round says it. */
  readonly interval: number
  readonly node: (round: Round) => string
}

/** A report that is older than this many intervals is not to be trusted. */
export const lateAfterIntervals = 3

export function createReportStore({ clock, interval, node }: ReportStoreOptions): ReportStore {
  const listeners = new Set<(report: Report) => void>()
  let settled: Settled | null = null
  let last: Round | null = null
  let silent: string | null = null
  let boot = clock.boot()
  const tell = (round: Round) => {
    settled = settle(settled, round, node(round))
    for (const listener of listeners) listener(settled.report)
    return settled.report
  }
  const tellSilence = (why: string) => {
    const before = last ?? settled?.report ?? null
    if (before !== null) tell(silentRound(before, { why, clock }))
  }
  return {
    take(round) {
      last = round
      silent = null
      boot = round.boot + round.took
      return tell(round)
    },
    restore(before) {
      settled = before
      if (silent !== null) tellSilence(silent)
      else if (last !== null) tell(last)
    },
    silence(why) {
      silent = why
      tellSilence(why)
    },
    // What was restored knows the published checks alone: not enough to say that there is no such check.
    current: () => (last === null ? null : (settled?.report ?? null)),
    age: () => (clock.boot() - boot) / 1000,
    stale() {
      const age = clock.boot() - boot
      const patience = lateAfterIntervals * (last?.settings.interval ?? interval)
      return silent ?? (age > patience ? lateWords(patience) : null)
    },
    subscribe(next) {
      listeners.add(next)
      return () => listeners.delete(next)
    },
  }
}

/** No age in it: these words go on the Node, and would be written anew each time they differ. */
export function lateWords(patience: number): string {
  return `no round has come for more than ${showDuration(patience)}`
}

/** What the last round would be if nothing could be asked any more. */
function silentRound(last: Round | Report, { why, clock }: { why: string; clock: Clock }): Round {
  const { took, settings, host, probing } = last
  const checks = last.checks.map(({ name, title, why: purpose, findings, omitted }): CheckResult => {
    const seen = { findings, ...(omitted !== undefined && { omitted }) }
    return { name, title, why: purpose, ...seen, ...stale(why) }
  })
  const at = clock.now().toISOString()
  return { v: 1, at, boot: clock.boot(), took, settings, host, probing, checks }
}
