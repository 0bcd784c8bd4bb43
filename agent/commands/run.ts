import { Command, InvalidArgumentError, Option } from 'commander'
import { pino } from 'pino'
import type { Logger } from 'pino'
import manifest from '../../package.json' with { type: 'json' }
import { systemClock } from '../host/clock.ts'
import { watchHost } from '../host/watch-host.ts'
import { startHttp } from '../http/start-http.ts'
import type { Report } from '../model/report.ts'
import { createBoard } from '../publish/report-board.ts'
import { formats } from '../render/formats.ts'
import { makeRound } from '../rounds/make-round.ts'
import { startRounds } from '../rounds/round-loop.ts'
import { addHostFlags, hostPlace, loadFrom, openHostFrom } from './host-flags.ts'
import type { HostFlags } from './host-flags.ts'
import { logTransitions } from './log-transitions.ts'
import { nodeName } from './node-name.ts'
import { UsageError } from './usage-error.ts'

interface RunFlags extends HostFlags {
  readonly port?: number
}

export function runCommand(): Command {
  const command = new Command('run')
    .description('Asks this host again and again, prints what it lacks, and serves it over HTTP.')
    .addOption(
      new Option('--port <number>', 'the port to serve on (default: the config says)').argParser(readPort),
    )
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
  const port = flags.port ?? config.http.port
  const http = await startHttp({
    source: board,
    log,
    host: config.http.host,
    port,
    publishing: () => null,
    version: manifest.version,
  }).catch((error: unknown) => explainListen(error, `${config.http.host}:${port}`))
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
  const signal = await endSignal()
  log.info({ signal }, 'stopping')
  stop()
  await http.close()
}

function explainListen(error: unknown, place: string): never {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EADDRINUSE')
    throw new UsageError(`${place} is taken, maybe by another hostdeps; --port chooses another port`)
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
    throw new UsageError(`${place} cannot be listened on: ${code}`)
  throw error
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

/** Pretty on a terminal, else a JSON object a line. */
function openLog(): Logger {
  const pretty = { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } }
  return pino({ name: 'hostdeps', ...(process.stdout.isTTY ? pretty : {}) })
}

function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a port, 0 to 65535.')
  return port
}
