import { showDuration } from '#agent/model/duration.ts'
import { keepHistory } from './keep-history.ts'
import type { Clock } from '#agent/model/host.ts'
import type { CheckResult, Report, ReportSource, Round } from '#agent/model/report.ts'
import { settle } from '#agent/model/settle.ts'
import type { Settled } from '#agent/model/settle.ts'
import { stale } from '#agent/model/stale.ts'

/** Takes rounds in, keeps the newest report, and passes each new one to its subscribers. */
export interface ReportStore extends ReportSource {
  take(round: Round): Report
  /** Call it when no round comes: every check becomes unknown, with the reason RoundStale. */
  silence(why: string): void
  /** Resumes from what was settled before a restart, and settles what came since on top of it. */
  restore(before: Settled): void
}

export interface ReportStoreOptions {
  readonly clock: Clock
  /** Milliseconds between rounds, until a round says it. */
  readonly interval: number
  readonly node: (round: Round) => string
}

/** A report older than this many intervals cannot be trusted. */
export const lateAfterIntervals = 3

export function createReportStore({ clock, interval, node }: ReportStoreOptions): ReportStore {
  const listeners = new Set<(report: Report) => void>()
  let settled: Settled | null = null
  let last: Round | null = null
  let silent: string | null = null
  let boot = clock.boot()
  const history = keepHistory(clock.now().toISOString())
  const publish = (round: Round) => {
    const before = settled?.report ?? null
    settled = settle(settled, round, node(round))
    history.look(before, settled.report)
    for (const listener of listeners) listener(settled.report)
    return settled.report
  }
  const publishSilence = (why: string) => {
    const before = last ?? settled?.report ?? null
    if (before !== null) publish(silentRound(before, { why, clock }))
  }
  return {
    take(round) {
      last = round
      silent = null
      boot = round.boot + round.took
      return publish(round)
    },
    restore(before) {
      settled = before
      if (silent !== null) publishSilence(silent)
      else if (last !== null) publish(last)
    },
    silence(why) {
      silent = why
      publishSilence(why)
    },
    // A restored report has only the published checks, so it cannot prove that a check does not exist.
    current: () => (last === null ? null : (settled?.report ?? null)),
    age: () => (clock.boot() - boot) / 1000,
    stale() {
      const age = clock.boot() - boot
      const patience = lateAfterIntervals * (last?.settings.interval ?? interval)
      return silent ?? (age > patience ? lateWords(patience) : null)
    },
    history: (check) => history.of(check),
    subscribe(next) {
      listeners.add(next)
      return () => listeners.delete(next)
    },
  }
}

/** It names no age: these words go on the Node, and each different text would be another write. */
export function lateWords(patience: number): string {
  return `no round has come for more than ${showDuration(patience)}`
}

/** The last round, as it would be if nothing could be asked. */
function silentRound(last: Round | Report, { why, clock }: { why: string; clock: Clock }): Round {
  const { took, settings, host, probing, crashes, seen } = last
  const checks = last.checks.map(({ name, title, why: purpose, sources, findings, omitted }): CheckResult => {
    const said = {
      ...(sources !== undefined && { sources }),
      findings,
      ...(omitted !== undefined && { omitted }),
    }
    return { name, title, why: purpose, ...said, ...stale(why) }
  })
  const at = clock.now().toISOString()
  const boot = clock.boot()
  return { v: 1, at, boot, took, settings, host, probing, crashes, seen, fix: null, checks }
}
