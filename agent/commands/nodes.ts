import { Command, InvalidArgumentError, Option } from 'commander'
import { nodeFormatNames } from '#agent/cluster/node-format-names.ts'
import { states } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'
import { addClusterFlags, selectorOption } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import type { ClusterFlags } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'
import { endOnInterrupt } from '#agent/commands/wiring/interrupt.ts'
import type { NodesWanted } from '#agent/commands/wiring/nodes/watch-nodes.ts'

interface NodesFlags extends ClusterFlags, Omit<NodesWanted, 'names'> {
  readonly watch?: boolean
}

export function nodesCommand(): Command {
  const command = new Command('nodes')
    .description(
      "Shows the nodes of the cluster by what their hosts lack, worst first. What a Node says counts only while its agent runs and is ready; else it is shown as unknown. It uses your kubeconfig's rights: list (or get) nodes, and list pods.",
    )
    .argument('[names...]', 'the nodes to show (default: all)')
    .addOption(listOption('--check <name>', 'only this check; may be repeated', (text) => text))
    .addOption(
      listOption(
        '--state <state>',
        `only nodes in this state: ${states.join(', ')}; may be repeated`,
        readState,
      ),
    )
    .addOption(selectorOption())
    .option('-n, --namespace <name>', 'where the agents run (default: any namespace)')
    .addOption(new Option('-o, --output <format>', 'output format').choices(nodeFormatNames).default('table'))
    .option('-w, --watch', 'then print each node that changes')
    .option('--no-headers', 'print no headings')
  return addClusterFlags(command).action(nodes)
}

async function nodes(names: string[], flags: NodesFlags): Promise<void> {
  if (names.length > 0 && flags.selector !== undefined)
    throw new UsageError('name cannot be provided when a selector is specified')
  endOnInterrupt()
  // The help pays for neither the catalogue nor the client of the API server.
  const { connect } = await import('#agent/commands/wiring/cluster/connect.ts')
  const { openClusterApi } = await import('#agent/kube/open-cluster-api.ts')
  const api = openClusterApi(connect(flags).connection)
  const wanted = { ...flags, names }
  if (flags.watch)
    return (await import('#agent/commands/wiring/nodes/watch-nodes.ts')).watchNodes(api, wanted)
  await (await import('#agent/commands/wiring/nodes/show-nodes.ts')).showNodes(api, wanted)
}

function listOption(flags: string, description: string, read: (text: string) => string): Option {
  return new Option(flags, description)
    .argParser((text: string, all: readonly string[]) => [...all, read(text)])
    .default([], 'any')
}

function readState(text: string): State {
  const state = states.find((one) => one === text)
  if (state === undefined) throw new InvalidArgumentError(`Allowed choices are ${states.join(', ')}.`)
  return state
}
