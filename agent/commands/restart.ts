import { Command, Option } from 'commander'
import type { DryRun } from '#agent/cluster/restart/outcome.ts'
import {
  addClusterFlags,
  addNamespaceFlags,
  selectorOption,
} from '#agent/commands/wiring/cluster/cluster-flags.ts'
import type { ClusterFlags, NamespaceFlags } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'
import { endOnInterrupt } from '#agent/commands/wiring/interrupt.ts'
import { readTimeout } from '#agent/commands/wiring/timeout.ts'

interface RestartFlags extends ClusterFlags, NamespaceFlags {
  readonly selector?: string
  readonly check?: string
  readonly dryRun?: DryRun
  readonly wait?: boolean
  readonly timeout?: number
  readonly yes?: boolean
  readonly output: 'text' | 'json'
}

/** Milliseconds: as long as the kubelet waits at most before it starts a container again. */
const usualTimeout = 300_000

export function restartCommand(): Command {
  const command = new Command('restart')
    .description(
      "Deletes the pods that failed for want of what their node has by now, so that their controllers make new ones; says which, why, and which pods it leaves alone. It deletes only what it is sure of. It uses your kubeconfig's rights: list and delete pods, get pods/log, list events and nodes; a right that is missing is said. Exit code: 0 done, or nothing to do, 3 not Ready in time with --wait, 2 bad usage, 1 the API server refuses.",
    )
    .addOption(selectorOption())
    .option('--check <name>', 'only pods that wanted this check')
    .addOption(
      new Option('--dry-run [how]', 'only say what would be deleted; "server" asks the API server too')
        .choices(['client', 'server'])
        .preset('client'),
    )
    .option('--wait', 'wait until what comes for the deleted pods is Ready')
    .option('--timeout <time>', 'with --wait: longest wait, like 10m (default: 5m)', readTimeout)
    .option('-y, --yes', 'delete without asking')
    .addOption(new Option('-o, --output <format>', 'output format').choices(['text', 'json']).default('text'))
  return addClusterFlags(addNamespaceFlags(command)).action(restart)
}

async function restart(flags: RestartFlags): Promise<void> {
  const { selector = null, check = null, dryRun = 'none', yes = false, output } = flags
  const { wait = false, timeout = usualTimeout } = flags
  if (flags.timeout !== undefined && !wait) throw new UsageError('--timeout goes with --wait')
  if (wait && dryRun !== 'none') throw new UsageError('use --wait or --dry-run, not both')
  const { canAsk } = await import('#agent/commands/wiring/confirm.ts')
  if (!yes && dryRun === 'none' && !canAsk())
    throw new UsageError(
      'nobody can be asked without a terminal: add --yes, or --dry-run to see what it would delete',
    )
  endOnInterrupt()
  // The help pays for neither the catalogue nor the client of the API server.
  const { openApis } = await import('#agent/commands/wiring/cluster/open-apis.ts')
  const { restartPods } = await import('#agent/commands/wiring/restart/restart-pods.ts')
  const { apis, namespace } = openApis(flags)
  const options = { namespace, labels: selector, check, output, dryRun, yes, wait: wait ? timeout : null }
  await restartPods(apis, options)
}
