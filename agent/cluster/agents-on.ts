import { plainLine } from '#agent/model/plain.ts'
import type { AgentPod } from '#agent/node/cluster-api.ts'

/** Whether an agent stands behind what a Node says; Unknown where the caller may not list pods. */
export type Standing = 'Ready' | 'NotReady' | 'NotRunning' | 'Unknown'

export interface AgentOnNode {
  readonly standing: Standing
  /** "hostdeps/hostdeps-x7k2p"; null where there is none. */
  readonly pod: string | null
  readonly image: string | null
}

/** The agents by their node. While a DaemonSet rolls out there may be two on one, of which the better counts. */
export function agentsByNode(pods: readonly AgentPod[]): ReadonlyMap<string, AgentOnNode> {
  const agents = new Map<string, AgentOnNode>()
  for (const { node, namespace, name, isReady, image } of pods) {
    if (node === null || (!isReady && agents.has(node))) continue
    agents.set(node, {
      standing: isReady ? 'Ready' : 'NotReady',
      pod: plainLine(`${namespace}/${name}`),
      image: plainLine(image),
    })
  }
  return agents
}

export const noAgent: AgentOnNode = { standing: 'NotRunning', pod: null, image: null }
export const unseenAgent: AgentOnNode = { standing: 'Unknown', pod: null, image: null }

/** The namespaces of the agents' pods: more than one, and somebody else labels pods as ours. */
export function agentNamespaces(pods: readonly AgentPod[]): readonly string[] {
  return [...new Set(pods.map(({ namespace }) => plainLine(namespace)))].toSorted()
}
