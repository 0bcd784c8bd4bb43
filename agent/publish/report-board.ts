import { showDuration } from '../model/duration.ts'
import type { Clock } from '../model/host.ts'
import type { Report, ReportSource, Round } from '../model/report.ts'
import { settle } from '../model/settle.ts'
import type { SettleOptions, Settled } from '../model/settle.ts'

/** Rounds go in, reports are to be had: the newest one, with who wants to hear of the next. */
export interface ReportBoard extends ReportSource {
  take(round: Round): Report
}

/** A report that is older than this many intervals is not to be trusted. */
const lateAfterIntervals = 3

/** @param interval milliseconds from round to round */
export function createBoard(
  clock: Clock,
  interval: number,
  options: (round: Round) => SettleOptions,
): ReportBoard {
  const listeners = new Set<(report: Report) => void>()
  let settled: Settled | null = null
  let boot = clock.boot()
  return {
    take(round) {
      settled = settle(settled, round, options(round))
      boot = round.boot + round.took
      for (const listener of listeners) listener(settled.report)
      return settled.report
    },
    current: () => settled?.report ?? null,
    age: () => (clock.boot() - boot) / 1000,
    stale() {
      const age = clock.boot() - boot
      return age > lateAfterIntervals * interval ? `no round has finished for ${showDuration(age)}` : null
    },
    subscribe(next) {
      listeners.add(next)
      return () => listeners.delete(next)
    },
  }
}
