import { Command } from 'commander'
import type { Logger } from 'pino'
import { stringify } from 'yaml'
import { loadConfig } from '#agent/catalog/load-config.ts'
import { formatMistake } from '#agent/catalog/yaml/mistake.ts'
import { systemClock } from '#agent/host/clock.ts'
import type { NodeCondition } from '#agent/node/node-api.ts'
import type { Report } from '#agent/model/report.ts'
import { followRounds } from '#agent/publish/follow-rounds.ts'
import { createReportStore } from '#agent/publish/report-store.ts'
import type { ReportStore } from '#agent/publish/report-store.ts'
import { renderNodePatch } from '#agent/node/patch.ts'
import { endSignal, openLog } from '#agent/commands/wiring/agent/daemon.ts'
import { openExplainer } from '#agent/commands/wiring/explain/open-explainer.ts'
import { configOption } from '#agent/commands/wiring/config-option.ts'
import { addPlaceFlags, listen } from '#agent/commands/wiring/agent/listen.ts'
import type { PlaceFlags } from '#agent/commands/wiring/agent/listen.ts'
import { logTransitions } from '#agent/commands/wiring/agent/log-transitions.ts'
import { givenNodeName, nodeName } from '#agent/commands/wiring/node-name.ts'
import { publishToNode } from '#agent/commands/wiring/agent/publish-to-node.ts'
import type { Published } from '#agent/commands/wiring/agent/publish-to-node.ts'

/** Only the prober reads custom checks. */
const shippedChecks = { config: null, allowCommands: false } as const

interface ServeFlags extends PlaceFlags {
  readonly round: string
  readonly config?: string
  readonly dryRun?: boolean
}

export function serveCommand(): Command {
  const command = new Command('serve')
    .description(
      'Serves the rounds of "probe" over HTTP, and publishes them on the Node named by NODE_NAME, if there is a kubeconfig or a service account. It needs no privileges. It reads the config for the address to listen on and for settings until the first round; rounds bring their own.',
    )
    .requiredOption('--round <file>', 'the file to which "probe" writes rounds')
    .addOption(configOption())
    .option('--dry-run', 'publish nothing, but print the patch for the Node whenever it changes')
  return addPlaceFlags(command).action(serve)
}

async function serve(flags: ServeFlags): Promise<void> {
  givenNodeName()
  const log = await openLog()
  const { config, mistakes } = loadConfig(flags.config ?? null)
  if (mistakes.length > 0)
    log.error(
      { mistakes: mistakes.map(formatMistake) },
      'the config is invalid; its valid settings are in use',
    )
  const store = createReportStore({ clock: systemClock, interval: config.interval, node: nodeName })
  logChanges(store, log)
  const published = flags.dryRun ? dryRun(store) : publishToNode(store, config, { log, token: true })
  if (published.status === null) log.info({ why: published.why }, 'nothing is published to a Node')
  const publishing = () => published.status?.() ?? null
  const explain = config.http.explain ? openExplainer(shippedChecks, store) : null
  const http = await listen({ store, log, config, flags, explain, publishing })
  const stop = followRounds({
    path: flags.round,
    store,
    clock: systemClock,
    changed: (silence) => {
      if (silence === null) log.info('rounds arrive')
      else log.warn({ silence }, 'no usable round')
    },
    faulty: (faults) => {
      if (faults.length === 0) log.info('all checks in the rounds are usable')
      else log.error({ faults }, 'some checks in the rounds are unusable')
    },
  })
  log.info({ address: http.address, round: flags.round }, 'serving')
  log.info({ signal: await endSignal() }, 'stopping')
  stop()
  if (published.status !== null) published.stop()
  await http.close()
}

function logChanges(store: ReportStore, log: Logger): void {
  let before: Report | null = null
  store.subscribe((report) => {
    logTransitions(log, before, report)
    before = report
  })
}

/** Prints the patch for the Node as YAML, whenever it differs from the last one. */
function dryRun(store: ReportStore): Published {
  let before: readonly NodeCondition[] = []
  let last = ''
  store.subscribe((report) => {
    const seen = [...new Set(report.seen.map(({ check }) => check))]
    const patch = renderNodePatch(report, { before, now: systemClock.now(), seen })
    before = patch.status.conditions
    const text = stringify(patch, { lineWidth: 0 })
    if (text !== last) process.stdout.write(`---\n${text}`)
    last = text
  })
  return { status: null, why: 'this is a dry run' }
}
