import { systemClock } from '#agent/host/clock.ts'
import type { Loaded } from '#agent/catalog/load.ts'
import { namesThatMatter } from '#agent/model/relevance.ts'
import type { Report } from '#agent/model/report.ts'
import { settle } from '#agent/model/settle.ts'
import { askAndJudge } from '#agent/rounds/make-round.ts'
import type { RoundMade } from '#agent/rounds/make-round.ts'
import { openHostFrom } from './host-flags.ts'
import type { HostFlags } from './host-flags.ts'
import { createFailureLog } from '#agent/commands/wiring/agent/log-failures.ts'
import { nodeName } from './node-name.ts'

/**
 * Asks the host once about checks, and returns their report in the given order.
 *
 * @param chosen null for the checks that matter here
 */
export async function askOnce(
  loaded: Loaded,
  chosen: readonly string[] | null,
  flags: HostFlags,
): Promise<Report> {
  return (await askWithFixes(loaded, chosen, flags)).report
}

/** What was found out, and what its fixes are made of. */
export interface Asked extends Pick<RoundMade, 'facts' | 'candidatesOf'> {
  readonly report: Report
}

export async function askWithFixes(
  loaded: Loaded,
  chosen: readonly string[] | null,
  flags: HostFlags,
): Promise<Asked> {
  const host = openHostFrom(flags, () => loaded)
  const files = { loaded, mistakes: [] }
  const failed = createFailureLog(({ at, why }) =>
    process.stderr.write(`hostdeps failed to judge ${at}, so it is unknown: ${why}\n`),
  )
  const asked = { host, clock: systemClock, files, failed }
  const made = await askAndJudge(chosen === null ? asked : { ...asked, names: chosen, fix: chosen })
  const { report } = settle(null, made.round, nodeName(made.round))
  const names = chosen ?? namesThatMatter(report)
  const inOrder = names.flatMap((name) => report.checks.find((result) => result.name === name) ?? [])
  return { ...made, report: { ...report, checks: inOrder } }
}
