import { Command, InvalidArgumentError, Option } from 'commander'
import { agentsByNode } from '#agent/cluster/agents-on.ts'
import { nodeFormats } from '#agent/cluster/node-formats.ts'
import { joinNodes } from '#agent/cluster/node-status.ts'
import { openClusterApi } from '#agent/kube/open-cluster-api.ts'
import { plainLine } from '#agent/model/plain.ts'
import { states } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'
import type { ClusterApi } from '#agent/node/cluster-api.ts'
import { addClusterFlags, selectorOption } from '#agent/commands/wiring/cluster-flags.ts'
import type { ClusterFlags } from '#agent/commands/wiring/cluster-flags.ts'
import { connect } from '#agent/commands/wiring/connect.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { endOnInterrupt } from '#agent/commands/wiring/interrupt.ts'
import { mustKnow, shippedCatalog } from '#agent/commands/wiring/known-checks.ts'
import { findAgents, findNodes, warnOfAgents } from '#agent/commands/wiring/list-nodes.ts'
import { withProgress } from '#agent/commands/wiring/progress.ts'
import { watchNodes } from '#agent/commands/wiring/watch-nodes.ts'
import type { NodesWanted } from '#agent/commands/wiring/watch-nodes.ts'

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
    .addOption(
      new Option('-o, --output <format>', 'output format').choices(Object.keys(nodeFormats)).default('table'),
    )
    .option('-w, --watch', 'then print each node that changes')
    .option('--no-headers', 'print no headings')
  return addClusterFlags(command).action(nodes)
}

async function nodes(names: string[], flags: NodesFlags): Promise<void> {
  if (names.length > 0 && flags.selector !== undefined)
    throw new UsageError('name cannot be provided when a selector is specified')
  endOnInterrupt()
  const api = openClusterApi(connect(flags).connection)
  const wanted = { ...flags, names }
  await withProgress('listing nodes', flags.watch ? watchNodes(api, wanted) : listNodes(api, wanted))
}

async function listNodes(api: ClusterApi, wanted: NodesWanted): Promise<void> {
  const { names, selector = null, check, state, output, headers, namespace = null } = wanted
  const [found, agents] = await Promise.all([findNodes(api, names, selector), findAgents(api, namespace)])
  const catalog = shippedCatalog()
  mustKnow(check, catalog, found.nodes)
  if (found.nodes.length > 0) warnOfAgents(agents)
  const all = joinNodes(found.nodes, {
    agents: agents.ok ? agentsByNode(agents.value) : null,
    only: check.length > 0 ? check : null,
    catalog,
  })
  const shown = state.length === 0 ? all : all.filter((node) => state.includes(node.state))
  const color = process.stdout.isTTY && process.stdout.hasColors()
  if (shown.length === 0 && output !== 'json' && output !== 'yaml')
    process.stderr.write('No resources found\n')
  else process.stdout.write(nodeFormats[output](shown, { color, headers, now: Date.now() }))
  for (const { message } of found.refusals) process.stderr.write(`${plainLine(message)}\n`)
  if (found.refusals.length > 0) process.exitCode = exitCodes.failure
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
