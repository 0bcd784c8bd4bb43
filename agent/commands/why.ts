import { Command, Option } from 'commander'
import { whyFormatNames } from '#agent/cluster/why/why-format-names.ts'
import type { WhyFormat } from '#agent/cluster/why/why-format-names.ts'
import {
  addClusterFlags,
  addNamespaceFlags,
  selectorOption,
} from '#agent/commands/wiring/cluster/cluster-flags.ts'
import type { ClusterFlags, NamespaceFlags } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'
import { endOnInterrupt } from '#agent/commands/wiring/interrupt.ts'

interface WhyFlags extends ClusterFlags, NamespaceFlags {
  readonly all?: boolean
  readonly selector?: string
  readonly output: WhyFormat
}

export function whyCommand(): Command {
  const command = new Command('why')
    .description(
      "Says why pods do not run: whether their node lacks something that their logs and events point to, with the command that fixes it; or what it is instead. It uses your kubeconfig's rights: get and list pods, get pods/log, list events and nodes; a right that is missing is said. Exit code: 0 a cause was found, 4 none, 2 bad usage, 1 error.",
    )
    .usage('[options] (POD... | TYPE/NAME... | -n NAMESPACE --all | -l LABELS | -A)')
    .argument('[names...]', 'pods, or what has pods: deployment, daemonset, statefulset, replicaset, job')
    .option('--all', 'all pods of the namespace that are in trouble')
    .addOption(selectorOption())
    .addOption(new Option('-o, --output <format>', 'output format').choices(whyFormatNames).default('text'))
  return addClusterFlags(addNamespaceFlags(command)).action(why)
}

async function why(names: string[], flags: WhyFlags): Promise<void> {
  const { all = false, allNamespaces = false, selector = null, output } = flags
  const { readTargets } = await import('#agent/commands/wiring/why/targets.ts')
  const targets = readTargets(names)
  if (targets.length === 0 && !all && !allNamespaces && selector === null)
    throw new UsageError('name a pod or TYPE/NAME; or use --all, -l or -A')
  if (targets.some((target) => target.names !== null) && (all || allNamespaces || selector !== null))
    throw new UsageError('names go with none of --all, -l and -A')
  endOnInterrupt()
  // The help pays for neither the catalogue nor the client of the API server.
  const { openApis } = await import('#agent/commands/wiring/cluster/open-apis.ts')
  const { kubectlFlags } = await import('#agent/commands/wiring/cluster/kubectl-flags.ts')
  const { showWhy } = await import('#agent/commands/wiring/why/show-why.ts')
  const { apis, namespace } = openApis(flags)
  await showWhy(apis, { targets, namespace, labels: selector, output, access: kubectlFlags(flags) })
}
