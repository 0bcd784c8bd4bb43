import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { load } from '#agent/catalog/load.ts'
import { systemClock } from '#agent/host/clock.ts'
import type { Report } from '#agent/model/report.ts'
import { settle } from '#agent/model/settle.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { compose } from './compose.ts'
import { recordedHost } from './recorded-host.ts'

/** What else is on a host: containers that were started, and drivers that are registered, by name. */
export interface Running {
  readonly containers?: readonly string[]
  readonly drivers?: readonly string[]
}

/** What an agent on `worker-1` reports of a host from composed/, with the default config: the same on every machine. */
export async function composedReport(name: string, running: Running = {}): Promise<Report> {
  const folder = compose(new URL(`composed/${name}.yaml`, import.meta.url).pathname)
  try {
    for (const path of pathsOf(running)) writeAt(join(folder, 'root', path))
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

function pathsOf({ containers = [], drivers = [] }: Running): string[] {
  const id = 'a'.repeat(64)
  return [
    ...containers.map((name) => `/var/log/containers/${name}-5mc6p_some-namespace_${name}-${id}.log`),
    ...drivers.map((name) => `/var/lib/kubelet/plugins_registry/${name}-reg.sock`),
  ]
}

function writeAt(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '')
}
