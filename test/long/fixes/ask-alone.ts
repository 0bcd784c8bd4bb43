import { load } from '#agent/catalog/load.ts'
import { systemClock } from '#agent/host/clock.ts'
import { openHost } from '#agent/host/open-host.ts'
import type { ReportCheck } from '#agent/model/report.ts'
import { settle } from '#agent/model/settle.ts'
import { makeRound } from '#agent/rounds/make-round.ts'

const loaded = load({ config: null, customChecks: null, allowCommands: true })

export const allChecks: readonly string[] = [...loaded.catalog.keys()]

/** Each check in a round of its own, as `hostdeps check NAME` asks it; null for the machine that this runs on. */
export async function askAlone(
  targetPid: number | null,
  names: readonly string[] = allChecks,
): Promise<ReportCheck[]> {
  const host = openHost({ procfs: '/proc', targetPid, deadline: () => 60_000 })
  const checks: ReportCheck[] = []
  for (const name of names) {
    const round = await makeRound({
      host,
      clock: systemClock,
      files: { loaded, mistakes: [] },
      names: [name],
    })
    checks.push(...settle(null, round, 'n').report.checks.filter((check) => check.name === name))
  }
  return checks
}
