import type { Logger } from 'pino'
import type { Report, ReportCheck } from '#agent/model/report.ts'

/** Logs each check whose state changed; in the first report, each that is missing or unknown. */
export function logTransitions(log: Logger, before: Report | null, now: Report): void {
  const old = new Map((before?.checks ?? []).map((check) => [check.name, check]))
  for (const check of now.checks) logTransition(log, old.get(check.name), check)
}

function logTransition(log: Logger, old: ReportCheck | undefined, check: ReportCheck): void {
  const { name, state, reason, message, fix } = check
  const isTrouble = state === 'missing' || state === 'unknown'
  if (old === undefined && !isTrouble) return
  // Whoever follows the rounds logs their absence once for all checks.
  if (reason === 'RoundStale' || (old?.reason === 'RoundStale' && old.published.state === state)) return
  if (old?.state !== state) {
    const level = isTrouble ? 'warn' : 'info'
    log[level](
      { check: name, from: old?.state ?? null, to: state, reason, detail: message, fix },
      'a check changed',
    )
  } else if (check.pending !== null && old.pending === null) {
    log.info(
      { check: name, from: state, to: check.pending.state, reason: check.pending.reason },
      'a check may change',
    )
  }
}
