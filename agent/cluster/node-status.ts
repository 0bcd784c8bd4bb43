import type { Check } from '#agent/model/check.ts'
import { plainLine } from '#agent/model/plain.ts'
import { states, worstState } from '#agent/model/state.ts'
import type { State } from '#agent/model/state.ts'
import type { ClusterNode } from '#agent/node/cluster-api.ts'
import { noAgent, unseenAgent } from './agents-on.ts'
import type { AgentOnNode } from './agents-on.ts'
import { fixElsewhere } from './fix-elsewhere.ts'
import type { Elsewhere } from './fix-elsewhere.ts'
import { fixFactsOf } from './host-facts.ts'
import { readNode } from './node-says.ts'
import type { NodeSays, SaidCheck } from './node-says.ts'

/** A check on a node, as far as it can be trusted now. */
export interface CheckOnNode extends Omit<SaidCheck, 'state'> {
  /** `unknown` where no agent stands behind what the Node says. */
  readonly state: State
  /** What the Node says; null when it says nothing of it. */
  readonly says: State | null
  /** For a root shell there; null when there is none, or it is not known here. */
  readonly fix: string | null
}

/** One line of `hostdeps nodes`. Every text is harmless. */
export interface NodeStatus {
  readonly name: string
  /** The worst of its checks; `unknown` without any. */
  readonly state: State
  /** The kubelet's own condition Ready. */
  readonly ready: ClusterNode['ready']
  readonly unschedulable: boolean
  readonly agent: AgentOnNode
  readonly host: NodeSays['host']
  /** Worst first. */
  readonly checks: readonly CheckOnNode[]
  readonly omitted: number
  readonly trouble: string | null
}

export interface JoinOptions {
  /** null where they could not be listed. */
  readonly agents: ReadonlyMap<string, AgentOnNode> | null
  /** Only these checks; null for all that the Nodes speak of. */
  readonly only: readonly string[] | null
  readonly catalog: ReadonlyMap<string, Check>
  /** What agents say of checks that their Node does not speak of, by node. */
  readonly more?: ReadonlyMap<string, readonly SaidCheck[]>
}

/** What each Node says, whether an agent stands behind it, and how it is fixed; worst first, then by name. */
export function joinNodes(nodes: readonly ClusterNode[], options: JoinOptions): readonly NodeStatus[] {
  const known = [...options.catalog.keys()]
  return nodes.map((node) => statusOf(node, readNode(node, known), options)).toSorted(compareStatus)
}

function statusOf(
  node: ClusterNode,
  says: NodeSays,
  { agents, only, catalog, more }: JoinOptions,
): NodeStatus {
  const agent = agents === null ? unseenAgent : (agents.get(node.name) ?? noAgent)
  const facts = says.host === null ? null : fixFactsOf(says.host)
  const said = [...(more?.get(node.name) ?? []), ...says.checks]
  const byName = new Map(said.map((check) => [check.name, check]))
  const elsewhere = facts === null ? null : { catalog, facts, checks: byName }
  const wanted = only ?? [...byName.keys()]
  const checks = wanted
    .map((name) => checkOf(byName.get(name) ?? notSaid(name), { agent, elsewhere }))
    .toSorted(compareChecks)
  return {
    name: plainLine(node.name),
    state: checks.length === 0 ? 'unknown' : worstState(checks.map(({ state }) => state)),
    ready: node.ready,
    unschedulable: node.unschedulable,
    agent,
    host: says.host,
    checks,
    omitted: says.omitted,
    trouble: says.trouble,
  }
}

type Said = Omit<SaidCheck, 'state'> & { readonly state: State | null }

function notSaid(name: string): Said {
  return {
    name: plainLine(name),
    state: null,
    since: null,
    was: null,
    reason: 'NotPublished',
    needs: [],
    crashes: 0,
  }
}

function checkOf(
  said: Said,
  { agent, elsewhere }: { agent: AgentOnNode; elsewhere: Elsewhere | null },
): CheckOnNode {
  const { name, state: says, ...others } = said
  const isStale = agent.standing === 'NotReady' || agent.standing === 'NotRunning'
  return {
    name,
    state: isStale ? 'unknown' : (says ?? 'unknown'),
    says,
    ...others,
    ...(isStale && { reason: `Agent${agent.standing}` }),
    fix: elsewhere === null || said.needs.length === 0 ? null : fixElsewhere(name, elsewhere),
  }
}

function compareStatus(one: NodeStatus, other: NodeStatus): number {
  return (
    countCrashes(other) - countCrashes(one) ||
    states.indexOf(one.state) - states.indexOf(other.state) ||
    countState(other, one.state) - countState(one, one.state) ||
    byName.compare(one.name, other.name)
  )
}

function compareChecks(one: CheckOnNode, other: CheckOnNode): number {
  return (
    other.crashes - one.crashes ||
    states.indexOf(one.state) - states.indexOf(other.state) ||
    byName.compare(one.name, other.name)
  )
}

/** worker-2 comes before worker-10. */
const byName = new Intl.Collator('en', { numeric: true })

export function countCrashes({ checks }: NodeStatus): number {
  return checks.reduce((sum, { crashes }) => sum + crashes, 0)
}

function countState({ checks }: NodeStatus, state: State): number {
  return checks.filter((check) => check.state === state).length
}
