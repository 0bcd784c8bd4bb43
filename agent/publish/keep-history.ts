import type { Change, History } from '#agent/model/history.ts'
import type { Report, ReportCheck } from '#agent/model/report.ts'

/** Of one check. */
export const mostOfOne = 10
/** Of all checks together, about 200 bytes each. When a prober falls silent, every check changes at once. */
export const mostOfAll = 5_000

export interface HistoryKeeper {
  /** Call it with each report and the one before it. */
  look(before: Report | null, now: Report): void
  of(check: string): History
}

/** Keeps the last changes of each check; beyond the bounds the oldest are forgotten. */
export function keepHistory(since: string): HistoryKeeper {
  const byCheck = new Map<string, readonly Change[]>()
  let size = 0
  const put = (name: string, changes: readonly Change[]) => {
    size += changes.length - (byCheck.get(name)?.length ?? 0)
    // The check that changed last comes last.
    byCheck.delete(name)
    if (changes.length > 0) byCheck.set(name, changes)
  }
  return {
    look(before, now) {
      if (before === null || before.checks === now.checks) return
      const old = new Map(before.checks.map((check) => [check.name, check]))
      for (const check of now.checks) {
        const change = changeOf(old.get(check.name), check, now.at)
        if (change !== null) put(check.name, [change, ...(byCheck.get(check.name) ?? [])].slice(0, mostOfOne))
      }
      for (const name of byCheck.keys()) {
        if (size <= mostOfAll) break
        put(name, [])
      }
    },
    of: (check) => ({ since, changes: byCheck.get(check) ?? [] }),
  }
}

/** A check that is there for the first time has not changed. */
function changeOf(before: ReportCheck | undefined, now: ReportCheck, at: string): Change | null {
  if (before === undefined || before.state === now.state) return null
  return { at, from: before.state, to: now.state, reason: now.reason, message: now.message }
}
