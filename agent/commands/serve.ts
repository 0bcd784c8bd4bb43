import { Command } from 'commander'
import { stringify } from 'yaml'
import { systemClock } from '../host/clock.ts'
import { renderNodePatch } from '../render/node-patch.ts'
import type { NodeCondition } from '../render/node-patch.ts'
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
  readonly dryRun?: boolean
}

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('Serves over HTTP what "probe" writes. It needs no privilege.')
    .requiredOption('--round <file>', 'where "probe" writes its rounds')
    .addOption(portOption)
    .option('--dry-run', 'print what would be said on the Node, each time it changes')
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
  if (flags.dryRun) board.subscribe(patchPrinter())
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

/** Prints the patch for the Node as YAML, when it is another than the last. */
function patchPrinter(): (report: Report) => void {
  let before: readonly NodeCondition[] = []
  let last = ''
  return (report) => {
    const patch = renderNodePatch(report, { before, now: systemClock.now() })
    before = patch.status.conditions
    const text = stringify(patch, { lineWidth: 0 })
    if (text !== last) process.stdout.write(`---\n${text}`)
    last = text
  }
}
