import { Command } from 'commander'
import type { Logger } from 'pino'
import { systemClock } from '../host/clock.ts'
import { watchHost } from '../host/watch-host.ts'
import type { Report } from '../model/report.ts'
import { createBoard } from '../publish/report-board.ts'
import { formats } from '../render/formats.ts'
import { makeRound } from '../rounds/make-round.ts'
import { startRounds } from '../rounds/round-loop.ts'
import { endSignal, openLog } from './daemon.ts'
import { addHostFlags, hostPlace, loadFrom, openHostFrom } from './host-flags.ts'
import type { HostFlags } from './host-flags.ts'
import { listen, portOption } from './listen.ts'
import { logTransitions } from './log-transitions.ts'
import { nodeName } from './node-name.ts'

interface RunFlags extends HostFlags {
  readonly port?: number
}

export function runCommand(): Command {
  const command = new Command('run')
    .description('Asks this host again and again, prints what it lacks, and serves it over HTTP.')
    .addOption(portOption)
  return addHostFlags(command).action(run)
}

async function run(flags: RunFlags): Promise<void> {
  const log = openLog()
  const loaded = loadFrom(flags)
  const { config } = loaded
  const host = openHostFrom(flags, loaded)
  const board = createBoard(systemClock, config.interval, (round) => ({
    node: nodeName(round.host),
    published: config.checks,
    unknownAfter: config.unknownAfter,
  }))
  const http = await listen({ board, log, config, port: flags.port, publishing: () => null })
  const watcher = watchHost(hostPlace(flags))
  const showReport = reportShower(log, http.address)
  const stop = startRounds({
    make: () => makeRound({ host, clock: systemClock, watcher, loaded, names: loaded.catalog.keys() }),
    took: (round) => showReport(board.take(round)),
    failed: (error) => log.error({ err: error }, 'a round failed'),
    clock: systemClock,
    watcher,
    interval: config.interval,
  })
  log.info({ signal: await endSignal() }, 'stopping')
  stop()
  await http.close()
}

/** Prints the first report as a table, and then each change as a log line. */
function reportShower(log: Logger, address: string): (report: Report) => void {
  let before: Report | null = null
  return (report) => {
    if (before === null) process.stdout.write(firstScreen(report, address))
    else logTransitions(log, before, report)
    before = report
  }
}

function firstScreen(report: Report, address: string): string {
  const color = process.stdout.isTTY && process.stdout.hasColors()
  const published = report.checks.filter((check) => check.published)
  const others = report.checks.length - published.length
  return [
    formats.table({ ...report, checks: published }, { color }),
    `${others} more checks are made and served: hostdeps check --all prints them.`,
    `Serving on ${address}/ (curl it, or open it in a browser).`,
    'No API server is configured, so nothing is published to a Node. Ctrl-C stops.',
    '',
  ].join('\n')
}
