import { Command } from 'commander'
import type { Logger } from 'pino'
import { stringify } from 'yaml'
import type { Config } from '../catalog/config.ts'
import { systemClock } from '../host/clock.ts'
import { findKubeConfig } from '../kube/find-kube-config.ts'
import { openNodeApi } from '../kube/open-node-api.ts'
import type { NodeCondition } from '../model/node-api.ts'
import type { Report } from '../model/report.ts'
import { followRounds } from '../publish/follow-rounds.ts'
import { createPublisher } from '../publish/publisher.ts'
import type { Publisher } from '../publish/publisher.ts'
import { createBoard } from '../publish/report-board.ts'
import type { ReportBoard } from '../publish/report-board.ts'
import { restoreSettled } from '../publish/restore.ts'
import { renderNodePatch } from '../render/node-patch.ts'
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
    .description(
      'Serves over HTTP what "probe" writes, and puts it on the Node that NODE_NAME names, where there is a kubeconfig or a service account. It needs no privilege.',
    )
    .requiredOption('--round <file>', 'where "probe" writes its rounds')
    .addOption(portOption)
    .option('--dry-run', 'print what would be said on the Node, each time it changes, and say nothing on it')
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
  logChanges(board, log)
  const publisher = flags.dryRun ? null : await openPublisher(board, config, log)
  if (flags.dryRun) board.subscribe(patchPrinter())
  const publishing = () => publisher?.trouble() ?? null
  const http = await listen({ board, log, config, port: flags.port, publishing })
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
  log.info({ address: http.address, round: flags.round }, 'serving')
  log.info({ signal: await endSignal() }, 'stopping')
  stop()
  publisher?.stop()
  await http.close()
}

/** Goes on from what the Node says. Without an API server or a name for the Node nothing is published, and it is said. */
async function openPublisher(board: ReportBoard, config: Config, log: Logger): Promise<Publisher | null> {
  const node = process.env['NODE_NAME']
  const kubeConfig = findKubeConfig()
  if (node === undefined || kubeConfig === null) {
    const why = node === undefined ? 'NODE_NAME is not set' : 'no API server is configured'
    log.info({ why }, 'nothing is published to a Node')
    return null
  }
  const api = openNodeApi(kubeConfig)
  const answer = await api.read(node)
  if (answer.ok) board.restore(restoreSettled(answer.value, config.checks, systemClock.boot()))
  else log.warn({ node, status: answer.status, why: answer.message }, 'the Node cannot be read')
  const publisher = createPublisher({ api, clock: systemClock, log, start: answer.ok ? answer.value : null })
  board.subscribe((report) => publisher.publish(report))
  return publisher
}

function logChanges(board: ReportBoard, log: Logger): void {
  let before: Report | null = null
  board.subscribe((report) => {
    logTransitions(log, before, report)
    before = report
  })
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
