import { agentsByNode } from '#agent/cluster/agents-on.ts'
import { joinNodes } from '#agent/cluster/node-status.ts'
import type { NodeStatus } from '#agent/cluster/node-status.ts'
import { planFixes } from '#agent/cluster/fix/plan-fixes.ts'
import type { NodePlan } from '#agent/cluster/fix/plan-fixes.ts'
import { fixScript } from '#agent/fixes/script/fix-script.ts'
import { scriptParts } from '#agent/fixes/script/script-parts.ts'
import { openClusterApi } from '#agent/kube/open-cluster-api.ts'
import { mustAsk } from '#agent/commands/wiring/confirm.ts'
import { connect } from '#agent/commands/wiring/cluster/connect.ts'
import type { Connected } from '#agent/commands/wiring/cluster/connect.ts'
import { mustKnow, nearCheck } from '#agent/commands/wiring/cluster/known-checks.ts'
import { findAgents, findAllNodes, warnOfAgents } from '#agent/commands/wiring/cluster/list-nodes.ts'
import { askAgents } from '#agent/commands/wiring/why/see-nodes.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { loadFrom } from '#agent/commands/wiring/host-flags.ts'
import { endOnInterrupt } from '#agent/commands/wiring/interrupt.ts'
import { withProgress } from '#agent/commands/wiring/progress.ts'
import manifest from '../../../../package.json' with { type: 'json' }
import { applyToNodes } from './apply-to-nodes.ts'
import type { FixFlags } from './fix-flags.ts'
import { say } from './say.ts'

/** Prints one script for the Nodes that are chosen; with --apply each gets its own by a Job. */
export async function fixNodes(names: readonly string[], flags: FixFlags): Promise<void> {
  const { apply = false, yes = false, repair = false } = flags
  if (apply) mustAsk(yes)
  endOnInterrupt()
  const connected = connect(flags)
  const { catalog } = loadFrom(flags)
  const plans = await withProgress('looking at the nodes', seePlans(names, flags, { connected, catalog }))
  const some = plans.flatMap(({ host }) => host ?? [])
  for (const { node, notes } of plans) for (const note of notes) say(`${node}: ${note}`)
  if (apply) return applyToNodes(plans, flags, { connected, catalog })
  if (some.length > 0)
    process.stdout.write(fixScript(scriptParts(some), { version: manifest.version, repair }))
  const reboots = plans.filter(({ wantsReboot }) => wantsReboot).map(({ node }) => node)
  if (reboots.length > 0) say(`what is done counts only after a reboot: ${reboots.join(', ')}`)
  if (plans.every(({ isReady }) => isReady)) say('Nothing is missing')
  else if (plans.some(isLeft)) process.exitCode = exitCodes.missing
}

/** Whether something is missing there that the script does not fix. */
function isLeft({ isReady, host, left }: NodePlan): boolean {
  return left.length > 0 || (host === null && !isReady)
}

interface Place {
  readonly connected: Connected
  readonly catalog: ReturnType<typeof loadFrom>['catalog']
}

async function seePlans(
  names: readonly string[],
  flags: FixFlags,
  { connected, catalog }: Place,
): Promise<readonly NodePlan[]> {
  const api = openClusterApi(connected.connection)
  const [found, agents] = await Promise.all([
    findAllNodes(api, { names, labels: flags.selector ?? null, hint: () => hintFor(names) }),
    findAgents(api, flags.namespace),
  ])
  const only = flags.check.length > 0 ? flags.check : null
  mustKnow(flags.check, catalog, found)
  warnOfAgents(agents)
  const wanted = found.flatMap(({ name }) => flags.check.map((check) => ({ node: name, check })))
  const asked = await askAgents(api, { nodes: found, agents, lacking: [] }, { wanted, catalog })
  for (const line of asked.lacking) say(`Not seen: ${line}`)
  const byNode = agents.ok ? agentsByNode(agents.value) : null
  const nodes: readonly NodeStatus[] = joinNodes(found, {
    agents: byNode,
    only,
    catalog,
    more: asked.more,
  })
  return planFixes(nodes, { catalog, only })
}

/** A mistyped name of a check is taken for a Node's. */
function hintFor(names: readonly string[]): string | null {
  const near = names.flatMap((name) => nearCheck(name) ?? []).find((words) => words.includes('did you mean'))
  return near === undefined ? null : `no such Node, and ${near}`
}
