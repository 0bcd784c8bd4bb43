import { showDuration } from '../model/duration.ts'
import type { Clock } from '../model/host.ts'
import { verdict } from '../model/reason.ts'
import type { CheckResult, Report, ReportSource, Round } from '../model/report.ts'
import { settle } from '../model/settle.ts'
import type { SettleOptions, Settled } from '../model/settle.ts'

/** Rounds go in, reports are to be had: the newest one, with who wants to hear of the next. */
export interface ReportBoard extends ReportSource {
  take(round: Round): Report
  /** Told when no round can be had: every check is unknown, and the reason is RoundStale. */
  silence(why: string): void
  /** Goes on from what was settled before a restart; before the first round. */
  restore(before: Settled): void
}

/** A report that is older than this many intervals is not to be trusted. */
export const lateAfterIntervals = 3

/** @param interval milliseconds from round to round */
export function createBoard(
  clock: Clock,
  interval: number,
  options: (round: Round) => SettleOptions,
): ReportBoard {
  const listeners = new Set<(report: Report) => void>()
  let settled: Settled | null = null
  let restored: Settled | null = null
  let last: Round | null = null
  let silent: string | null = null
  let boot = clock.boot()
  const tell = (round: Round) => {
    settled = settle(settled ?? restored, round, options(round))
    for (const listener of listeners) listener(settled.report)
    return settled.report
  }
  return {
    take(round) {
      last = round
      silent = null
      boot = round.boot + round.took
      return tell(round)
    },
    restore(before) {
      restored = before
    },
    silence(why) {
      silent = why
      if (last !== null) tell(silentRound(last, { why, clock }))
    },
    current: () => settled?.report ?? null,
    age: () => (clock.boot() - boot) / 1000,
    stale() {
      const age = clock.boot() - boot
      return silent ?? (age > lateAfterIntervals * interval ? lateWords(age) : null)
    },
    subscribe(next) {
      listeners.add(next)
      return () => listeners.delete(next)
    },
  }
}

function lateWords(age: number): string {
  return `no round has finished for ${showDuration(age)}`
}

/** What the last round would be if nothing could be asked any more. */
function silentRound(last: Round, { why, clock }: { why: string; clock: Clock }): Round {
  const { state, reason, message } = verdict('RoundStale', { detail: why })
  const checks = last.checks.map((check): CheckResult => ({ ...check, state, reason, message, fix: null }))
  return { ...last, at: clock.now().toISOString(), boot: clock.boot(), checks }
}
