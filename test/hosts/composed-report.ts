import { rmSync } from 'node:fs'
import { load } from '#agent/catalog/load.ts'
import { systemClock } from '#agent/host/clock.ts'
import type { Report } from '#agent/model/report.ts'
import { settle } from '#agent/model/settle.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { compose } from './compose.ts'
import { recordedHost } from './recorded-host.ts'

/** What an agent on `worker-1` reports of a host from composed/, with the default config: the same on every machine. */
export async function composedReport(name: string): Promise<Report> {
  const folder = compose(new URL(`composed/${name}.yaml`, import.meta.url).pathname)
  try {
    const loaded = load({ config: null, customChecks: null, allowCommands: false })
    const round = await makeRound({
      host: recordedHost(folder),
      clock: systemClock,
      files: { loaded, mistakes: [] },
      names: loaded.catalog.keys(),
    })
    return settle(null, round, 'worker-1').report
  } finally {
    rmSync(folder, { recursive: true })
  }
}
