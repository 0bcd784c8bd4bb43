import { Command, Option } from 'commander'
import { suggestFormatNames } from '#agent/cluster/suggest/format-names.ts'
import { addClusterFlags } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import { endOnInterrupt } from '#agent/commands/wiring/interrupt.ts'
import type { SuggestFlags } from '#agent/commands/wiring/suggest/show-suggestions.ts'

export function suggestCommand(): Command {
  const command = new Command('suggest')
    .description(
      "Says which checks to publish, by what runs in the cluster (images, names of containers, CSI drivers, volumes) and what the agents report, and prints the kubectl command that publishes them. It uses your kubeconfig's rights, and says which it lacks: list pods, csidrivers, csinodes, persistentvolumes and nodes, and get the agents' configmap. It changes nothing.",
    )
    .option('-n, --namespace <name>', 'where the agents run (default: any namespace)')
    .addOption(
      new Option('-o, --output <format>', 'output format').choices(suggestFormatNames).default('text'),
    )
  return addClusterFlags(command).action(suggestChecks)
}

async function suggestChecks(flags: SuggestFlags): Promise<void> {
  endOnInterrupt()
  // The help pays for neither the catalogue nor the client of the API server.
  const { connect } = await import('#agent/commands/wiring/cluster/connect.ts')
  const { openClusterApi } = await import('#agent/kube/open-cluster-api.ts')
  const { openSuggestApi } = await import('#agent/kube/open-suggest-api.ts')
  const { showSuggestions } = await import('#agent/commands/wiring/suggest/show-suggestions.ts')
  const { connection } = connect(flags)
  await showSuggestions({ ...openSuggestApi(connection), nodes: openClusterApi(connection).nodes }, flags)
}
