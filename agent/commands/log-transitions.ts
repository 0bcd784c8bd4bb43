import type { Logger } from 'pino'
import type { Report, ReportCheck } from '../model/report.ts'

/** One line for each check whose state changed, and none for a round without a change. */
export function logTransitions(log: Logger, before: Report, now: Report): void {
  const old = new Map(before.checks.map((check) => [check.name, check]))
  for (const check of now.checks) logTransition(log, old.get(check.name), check)
}

function logTransition(log: Logger, old: ReportCheck | undefined, check: ReportCheck): void {
  const { name, state, reason, message, fix } = check
  if (old?.state !== state) {
    const level = state === 'missing' || state === 'unknown' ? 'warn' : 'info'
    log[level](
      { check: name, from: old?.state ?? null, to: state, reason, detail: message, fix },
      'a check turned',
    )
  } else if (check.pending !== null && old.pending === null) {
    log.info(
      { check: name, from: state, to: check.pending.state, reason: check.pending.reason },
      'a check may turn',
    )
  }
}
