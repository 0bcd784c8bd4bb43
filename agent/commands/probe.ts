import { Command } from 'commander'
import { systemClock } from '../host/clock.ts'
import { watchHost } from '../host/watch-host.ts'
import { writeRound } from '../rounds/round-file.ts'
import { makeRound } from '../rounds/make-round.ts'
import { startRounds } from '../rounds/round-loop.ts'
import { endSignal, openLog } from './daemon.ts'
import { addHostFlags, hostPlace, loadFrom, openHostFrom } from './host-flags.ts'
import type { HostFlags } from './host-flags.ts'

interface ProbeFlags extends HostFlags {
  readonly round: string
}

export function probeCommand(): Command {
  const command = new Command('probe')
    .description('Asks this host again and again, and writes each round to a file. It listens to nothing.')
    .requiredOption('--round <file>', 'where the rounds are written; "serve" reads them there')
  return addHostFlags(command).action(probe)
}

async function probe(flags: ProbeFlags): Promise<void> {
  const log = openLog()
  const loaded = loadFrom(flags)
  const host = openHostFrom(flags, loaded)
  const watcher = watchHost(hostPlace(flags))
  const names = [...loaded.catalog.keys()]
  const stop = startRounds({
    make: () => makeRound({ host, clock: systemClock, watcher, loaded, names }),
    took: (round) => writeOrTell(() => writeRound(flags.round, round), log),
    failed: (error) => log.error({ err: error }, 'a round failed'),
    clock: systemClock,
    watcher,
    interval: loaded.config.interval,
  })
  log.info({ host: host.description, checks: names.length, round: flags.round }, 'probing')
  log.info({ signal: await endSignal() }, 'stopping')
  stop()
}

/** A place that is full is told and tried again with the next round; the server sees that none comes. */
function writeOrTell(write: () => void, log: ReturnType<typeof openLog>): void {
  try {
    write()
  } catch (error) {
    log.error({ err: error }, 'the round could not be written')
  }
}
