import { Command } from 'commander'
import { systemClock } from '../host/clock.ts'
import { createBoard } from '../publish/report-board.ts'
import { followRounds } from '../publish/follow-rounds.ts'
import type { Report } from '../model/report.ts'
import { endSignal, openLog } from './daemon.ts'
import { addLoadFlags, loadFrom } from './host-flags.ts'
import type { LoadFlags } from './host-flags.ts'
import { listen, portOption } from './listen.ts'
import { logTransitions } from './log-transitions.ts'
import { nodeName } from './node-name.ts'

interface ServeFlags extends LoadFlags {
  readonly round: string
  readonly port?: number
}

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('Serves over HTTP what "probe" writes. It needs no privilege.')
    .requiredOption('--round <file>', 'where "probe" writes its rounds')
    .addOption(portOption)
  return addLoadFlags(command).action(serve)
}

async function serve(flags: ServeFlags): Promise<void> {
  const log = openLog()
  const { config } = loadFrom(flags)
  const board = createBoard(systemClock, config.interval, (round) => ({
    node: nodeName(round.host),
    published: config.checks,
    unknownAfter: config.unknownAfter,
  }))
  let before: Report | null = null
  board.subscribe((report) => {
    logTransitions(log, before, report)
    before = report
  })
  const http = await listen({ board, log, config, port: flags.port })
  const stop = followRounds({
    path: flags.round,
    board,
    clock: systemClock,
    interval: config.interval,
    changed: (silence) => {
      if (silence === null) log.info('rounds come')
      else log.warn({ silence }, 'no round can be used')
    },
  })
  log.info({ address: http.address, round: flags.round }, 'serving; nothing is published to the Node')
  log.info({ signal: await endSignal() }, 'stopping')
  stop()
  await http.close()
}
