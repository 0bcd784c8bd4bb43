import pLimit from 'p-limit'
import { agentNamespaces } from '#agent/cluster/agents-on.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { AgentPod, ClusterApi, ClusterNode, NodeSelection } from '#agent/node/cluster-api.ts'
import type { ApiAnswer, ApiRefusal } from '#agent/node/node-api.ts'
import { ClusterError } from '#agent/commands/wiring/errors.ts'
import { take } from './take.ts'

/** Requests for single Nodes at a time. */
const atOnce = 8

/** The namespace of manifests/. */
const usualNamespace = 'hostdeps'

export interface FoundNodes {
  readonly nodes: readonly ClusterNode[]
  /** Why some of the names were not found, in the API server's words. */
  readonly refusals: readonly ApiRefusal[]
}

/** Those of these names, else those with these labels, else all. */
export async function findNodes(
  api: ClusterApi,
  names: readonly string[],
  labels: string | null,
): Promise<FoundNodes> {
  if (names.length === 0) return { nodes: take(await api.nodes({ labels, name: null })), refusals: [] }
  const answers = await pLimit(atOnce).map([...new Set(names)], (name) => api.node(name))
  return {
    nodes: answers.flatMap((answer) => (answer.ok ? [answer.value] : [])),
    refusals: answers.filter((answer) => !answer.ok),
  }
}

/** The same, but each of the names must be there, and one Node at least. */
export async function findAllNodes(
  api: ClusterApi,
  { names, labels, hint = () => null }: NodesNamed,
): Promise<readonly ClusterNode[]> {
  const { nodes, refusals } = await findNodes(api, names, labels)
  for (const refusal of refusals) take(refusal, hint())
  if (nodes.length === 0) throw new ClusterError('no matching Nodes were found')
  return nodes
}

export interface NodesNamed {
  readonly names: readonly string[]
  readonly labels: string | null
  /** What to say before the API server's words on a name that is not there. */
  readonly hint?: () => string | null
}

/** What to follow for these names, else these labels; of several names, all Nodes, and `among` chooses. */
export function selectionOf(names: readonly string[], labels: string | null): NodeSelection {
  return { labels, name: names.length === 1 ? (names[0] ?? null) : null }
}

export function among(names: readonly string[], nodes: readonly ClusterNode[]): readonly ClusterNode[] {
  return names.length > 1 ? nodes.filter(({ name }) => names.includes(name)) : nodes
}

/** Who may not list the pods of all namespaces may still list those of the usual one. */
export async function findAgents(
  api: ClusterApi,
  namespace: string | null,
): Promise<ApiAnswer<readonly AgentPod[]>> {
  const all = await api.agentPods(namespace)
  if (all.ok || all.status !== 403 || namespace !== null) return all
  const usual = await api.agentPods(usualNamespace)
  return usual.ok ? usual : all
}

/** Says on stderr what the list of agents does not tell. */
export function warnOfAgents(agents: ApiAnswer<readonly AgentPod[]>): void {
  if (!agents.ok) {
    const why = plainLine(agents.message)
    process.stderr.write(`the agents cannot be seen, so a state may be older than it looks: ${why}\n`)
    return
  }
  const namespaces = agentNamespaces(agents.value)
  if (namespaces.length > 1)
    process.stderr.write(
      `pods in several namespaces are labelled as agents (${namespaces.slice(0, 5).join(', ')}); choose one with -n\n`,
    )
}
