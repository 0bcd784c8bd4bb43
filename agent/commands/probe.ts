import { Command } from 'commander'
import type { Logger } from 'pino'
import { sweepParts, writeRound } from '#agent/round-file/file.ts'
import { openAsking } from '#agent/commands/wiring/agent/ask-rounds.ts'
import { endSignal, openLog } from '#agent/commands/wiring/agent/daemon.ts'
import { addHostFlags } from '#agent/commands/wiring/host-flags.ts'
import type { HostFlags } from '#agent/commands/wiring/host-flags.ts'

interface ProbeFlags extends HostFlags {
  readonly round: string
}

export function probeCommand(): Command {
  const command = new Command('probe')
    .description('Checks this host continuously, and writes each round to a file. It opens no port.')
    .requiredOption('--round <file>', 'the file to write rounds to; "serve" reads it')
  return addHostFlags(command).action(probe)
}

async function probe(flags: ProbeFlags): Promise<void> {
  const log = await openLog()
  const asking = openAsking(flags, log, { startAnyway: true })
  writeOrLog(() => sweepParts(flags.round), log)
  const logCuts = createCutLog(log)
  asking.start((round) => writeOrLog(() => logCuts(writeRound(flags.round, round)), log))
  log.info({ host: asking.host, checks: asking.loaded.catalog.size, round: flags.round }, 'probing')
  log.info({ signal: await endSignal() }, 'stopping')
  asking.stop()
}

/** Logged once, and again when the number changes. */
function createCutLog(log: Logger): (written: ReturnType<typeof writeRound>) => void {
  let before = { cut: 0, dropped: 0 }
  return (now) => {
    const isNews = now.cut !== before.cut || now.dropped !== before.dropped
    before = now
    if (isNews && now.cut > 0)
      log.warn(now, 'checks are too large for the round: some have texts or findings cut, or are left out')
  }
}

/** A failed write (the disk is full) is logged, and the next round tries again; the server sees that no round arrives. */
function writeOrLog(write: () => void, log: Logger): void {
  try {
    write()
  } catch (error) {
    log.error({ err: error }, 'the round could not be written')
  }
}
