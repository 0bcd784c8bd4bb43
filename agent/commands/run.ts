import { Command } from 'commander'
import type { Logger } from 'pino'
import { systemClock } from '#agent/host/clock.ts'
import type { Report } from '#agent/model/report.ts'
import { createReportStore } from '#agent/publish/report-store.ts'
import { formats } from '#agent/render/formats.ts'
import { openAsking } from '#agent/commands/wiring/agent/ask-rounds.ts'
import { isColored } from '#agent/commands/wiring/is-colored.ts'
import { endSignal, openLog } from '#agent/commands/wiring/agent/daemon.ts'
import { openExplainer } from '#agent/commands/wiring/explain/open-explainer.ts'
import { addHostFlags, loadOptions } from '#agent/commands/wiring/host-flags.ts'
import type { HostFlags } from '#agent/commands/wiring/host-flags.ts'
import { addPlaceFlags, listen } from '#agent/commands/wiring/agent/listen.ts'
import type { PlaceFlags } from '#agent/commands/wiring/agent/listen.ts'
import { addFileFlags, keepFilesOf, tryFolders } from '#agent/commands/wiring/agent/kept-files.ts'
import type { FileFlags } from '#agent/commands/wiring/agent/kept-files.ts'
import { logTransitions } from '#agent/commands/wiring/agent/log-transitions.ts'
import { givenNodeName, nodeName } from '#agent/commands/wiring/node-name.ts'
import { publishToNode } from '#agent/commands/wiring/agent/publish-to-node.ts'

type RunFlags = HostFlags & PlaceFlags & FileFlags

export function runCommand(): Command {
  const command = new Command('run').description(
    'Checks this host continuously, prints what it lacks, and serves it over HTTP.',
  )
  return addHostFlags(addFileFlags(addPlaceFlags(command))).action(run)
}

async function run(flags: RunFlags): Promise<void> {
  givenNodeName()
  const log = await openLog()
  await tryFolders(flags)
  const asking = openAsking(flags, log, { startAnyway: false })
  const { config } = asking.loaded
  const store = createReportStore({ clock: systemClock, interval: config.interval, node: nodeName })
  const published = publishToNode(store, config, { log, token: false })
  keepFilesOf(store, flags, log)
  if (flags.nfd !== undefined && published.status !== null && config.publish.labels)
    log.warn('both this agent and node-feature-discovery set the labels of the Node; let one do it')
  const publishing = () => published.status?.() ?? null
  const explain = (config.http.explain ?? true) ? openExplainer(loadOptions(flags), store) : null
  const http = await listen({ store, log, config, flags, explain, publishing })
  const where =
    published.status === null
      ? `Nothing is published to a Node: ${published.why}`
      : 'The Node gets the results too'
  const printReport = createReportPrinter(log, http.address, where)
  asking.start((round) => printReport(store.take(round)))
  log.info({ signal: await endSignal() }, 'stopping')
  asking.stop()
  if (published.status !== null) published.stop()
  await http.close()
}

/** Prints the first report as a table, then each change as a log line. */
function createReportPrinter(log: Logger, address: string, where: string): (report: Report) => void {
  let before: Report | null = null
  return (report) => {
    if (before === null) process.stdout.write(firstScreen(report, address, where))
    else logTransitions(log, before, report)
    before = report
  }
}

function firstScreen(report: Report, address: string, where: string): string {
  const color = isColored(process.stdout)
  return [
    formats.summary(report, { color, foldedAt: 'hostdeps check --all' }),
    `Serving on ${address}/ (curl it, or open it in a browser).`,
    `${where}. Ctrl-C stops.`,
    '',
  ].join('\n')
}
