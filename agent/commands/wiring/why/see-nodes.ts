import pLimit from 'p-limit'
import { agentsByNode } from '#agent/cluster/agents-on.ts'
import { joinNodes } from '#agent/cluster/node-status.ts'
import type { NodeStatus } from '#agent/cluster/node-status.ts'
import { readNode } from '#agent/cluster/node-says.ts'
import type { SaidCheck } from '#agent/cluster/node-says.ts'
import type { LabelledNode } from '#agent/cluster/why/kubelet/scheduling.ts'
import type { Check } from '#agent/model/check.ts'
import { plainLine } from '#agent/model/plain.ts'
import { once } from '#agent/model/once.ts'
import type { AgentPod, ClusterApi, ClusterNode } from '#agent/node/cluster-api.ts'
import type { ApiAnswer } from '#agent/node/node-api.ts'
import { findAgents, findNodes } from '#agent/commands/wiring/cluster/list-nodes.ts'

/** Requests to agents at a time, and altogether. */
const atOnce = 10
const mostAsked = 200

/** The Nodes and the agents' pods as they are listed. */
export interface NodesListed {
  /** null when they may not be listed. */
  readonly nodes: readonly ClusterNode[] | null
  readonly agents: ApiAnswer<readonly AgentPod[]>
  readonly lacking: readonly string[]
}

/** All Nodes; for whoever may not list them, those of the pods one by one. */
export async function listNodesOf(
  api: ClusterApi,
  names: () => Promise<readonly string[]>,
): Promise<NodesListed> {
  const [listed, agents] = await Promise.all([api.nodes({ labels: null, name: null }), findAgents(api, null)])
  const unseen = agents.ok
    ? []
    : [`whether an agent stands behind what the node says: ${plainLine(agents.message)}`]
  if (listed.ok) return { nodes: listed.value, agents, lacking: unseen }
  const known = await names()
  const single = known.length === 0 ? null : await findNodes(api, known, null)
  const lacking = [`the nodes: ${plainLine(listed.message)}`, ...unseen]
  return single === null || single.nodes.length === 0
    ? { nodes: null, agents, lacking }
    : { nodes: single.nodes, agents, lacking: unseen }
}

/** A check that is wanted of a node. */
export interface WantedOf {
  readonly node: string
  readonly check: string
}

export interface NodesSeen {
  readonly nodes: readonly LabelledNode[] | null
  readonly lacking: readonly string[]
}

/** Joins the Nodes with their agents; what is wanted and no Node speaks of, the agents themselves are asked for. */
export async function seeNodes(
  api: ClusterApi,
  { nodes, agents, lacking }: NodesListed,
  { wanted, catalog }: { wanted: readonly WantedOf[]; catalog: ReadonlyMap<string, Check> },
): Promise<NodesSeen> {
  if (nodes === null) return { nodes, lacking }
  const asked = await askAgents(api, { nodes, agents, lacking }, { wanted, catalog })
  const byNode = agents.ok ? agentsByNode(agents.value) : null
  const options = { agents: byNode, only: null, catalog, more: asked.more }
  return {
    lacking: [...lacking, ...asked.lacking],
    nodes: nodes.map((node) => ({
      name: node.name,
      labels: node.labels,
      status: once(() => joinNodes([node], options)[0] as NodeStatus),
    })),
  }
}

export async function askAgents(
  api: ClusterApi,
  { nodes, agents }: NodesListed,
  { wanted, catalog }: { wanted: readonly WantedOf[]; catalog: ReadonlyMap<string, Check> },
) {
  const more = new Map<string, SaidCheck[]>()
  if (!agents.ok) return { more, lacking: [] }
  const known = [...catalog.keys()]
  const podOn = new Map(agents.value.filter(({ isReady }) => isReady).map((pod) => [pod.node, pod]))
  const says = new Map(
    [...new Set(wanted.map(({ node }) => node))].map((name) => {
      const node = nodes?.find((one) => one.name === name)
      return [
        name,
        new Set(node === undefined ? [] : readNode(node, known).checks.map((check) => check.name)),
      ]
    }),
  )
  const unsaid = wanted.filter(({ node, check }) => says.get(node)?.has(check) === false && podOn.has(node))
  const unique = [...new Map(unsaid.map((one) => [`${one.node} ${one.check}`, one])).values()]
  const answers = await pLimit(atOnce).map(unique.slice(0, mostAsked), async ({ node, check }) => {
    const pod = podOn.get(node)
    return { node, check, answer: pod === undefined ? null : await api.agentCheck(pod, check) }
  })
  const refusals: string[] = []
  for (const { node, check, answer } of answers) {
    if (answer === null) continue
    if (answer.ok) more.set(node, [...(more.get(node) ?? []), saidByAgent(check, answer.value)])
    else if (answer.status !== 404) refusals.push(plainLine(answer.message))
  }
  const [first] = refusals
  return {
    more,
    lacking: first === undefined ? [] : [`what the agents say of checks that are not published: ${first}`],
  }
}

function saidByAgent(
  name: string,
  { state, since, needs }: Pick<SaidCheck, 'state' | 'needs'> & { since: string },
): SaidCheck {
  return { name, state, since, was: null, reason: null, needs, crashes: 0 }
}
