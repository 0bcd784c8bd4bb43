import { agentsByNode } from '#agent/cluster/agents-on.ts'
import { nodeFormats } from '#agent/cluster/node-formats.ts'
import { joinNodes } from '#agent/cluster/node-status.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { ClusterApi } from '#agent/node/cluster-api.ts'
import { isColored } from '#agent/commands/wiring/is-colored.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { mustKnow, shippedCatalog } from '#agent/commands/wiring/cluster/known-checks.ts'
import { findAgents, findNodes, warnOfAgents } from '#agent/commands/wiring/cluster/list-nodes.ts'
import { withProgress } from '#agent/commands/wiring/progress.ts'
import type { NodesWanted } from './watch-nodes.ts'

/** Prints the nodes as they are now. Of names that are not there, it prints the API server's words. */
export async function showNodes(api: ClusterApi, wanted: NodesWanted): Promise<void> {
  const { names, selector = null, check, state, output, headers, namespace = null } = wanted
  const asked = Promise.all([findNodes(api, names, selector), findAgents(api, namespace)])
  // Meanwhile the answers come.
  const catalog = shippedCatalog()
  const [found, agents] = await withProgress('listing nodes', asked)
  mustKnow(check, catalog, found.nodes)
  if (found.nodes.length > 0) warnOfAgents(agents)
  const all = joinNodes(found.nodes, {
    agents: agents.ok ? agentsByNode(agents.value) : null,
    only: check.length > 0 ? check : null,
    catalog,
  })
  const shown = state.length === 0 ? all : all.filter((node) => state.includes(node.state))
  const color = isColored(process.stdout)
  if (shown.length === 0 && output !== 'json' && output !== 'yaml')
    process.stderr.write('No resources found\n')
  else process.stdout.write(nodeFormats[output](shown, { color, headers, now: Date.now() }))
  for (const { message } of found.refusals) process.stderr.write(`${plainLine(message)}\n`)
  if (found.refusals.length > 0) process.exitCode = exitCodes.failure
}
