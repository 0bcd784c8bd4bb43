import type { Loaded } from '#agent/catalog/load.ts'
import { systemClock } from '#agent/host/clock.ts'
import type { Report } from '#agent/model/report.ts'
import { settle } from '#agent/model/settle.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { openHostFrom } from './host-flags.ts'
import type { HostFlags } from './host-flags.ts'
import { createFailureLog } from './log-failures.ts'
import { nodeName } from './node-name.ts'

/** Asks the host once about the chosen checks, and reports them in this order. */
export async function askOnce(loaded: Loaded, chosen: readonly string[], flags: HostFlags): Promise<Report> {
  const host = openHostFrom(flags, () => loaded)
  const files = { loaded, mistakes: [] }
  const failed = createFailureLog(({ at, why }) =>
    process.stderr.write(`hostdeps failed to judge ${at}, so it is unknown: ${why}\n`),
  )
  const round = await makeRound({ host, clock: systemClock, files, names: chosen, failed })
  const { report } = settle(null, round, nodeName(round))
  const inOrder = chosen.flatMap((name) => report.checks.find((result) => result.name === name) ?? [])
  return { ...report, checks: inOrder }
}
