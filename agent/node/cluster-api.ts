import type { State } from '#agent/model/state.ts'
import type { ApiAnswer, ApiRefusal, NodeView } from './node-api.ts'

/** The names of what hostdeps put on a Node. */
export interface LeftBehind {
  readonly node: string
  readonly labels: readonly string[]
  readonly annotations: readonly string[]
  /** Condition types. */
  readonly conditions: readonly string[]
}

/** What would restore what is removed from Nodes, each as "namespace/name". */
export interface Agents {
  readonly daemonSets: readonly string[]
  /** Pods that have not ended, also of a deleted DaemonSet. */
  readonly pods: readonly string[]
}

/** A Node: what hostdeps put on it, and whether pods are started there. */
export interface ClusterNode extends NodeView {
  /** The kubelet's condition Ready; Unknown where there is none. */
  readonly ready: 'True' | 'False' | 'Unknown'
  /** Cordoned. */
  readonly unschedulable: boolean
  /** A condition of it says so, whoever wrote that. */
  readonly inMaintenance?: true
}

/** A pod that is labelled as an agent and has not ended. */
export interface AgentPod {
  readonly namespace: string
  readonly name: string
  /** null while it waits for the scheduler. */
  readonly node: string | null
  /** Ready, and not being deleted. */
  readonly isReady: boolean
  /** Of its first container. */
  readonly image: string
}

/** What an agent says of one check; no text of it. */
export interface AgentCheck {
  readonly state: State
  /** RFC 3339. */
  readonly since: string
  /** Those that are missing or unknown, by id. */
  readonly needs: readonly { readonly id: string; readonly reason: string }[]
}

/** Which Nodes; both null for all. */
export interface NodeSelection {
  /** As kubectl's -l has it; the API server reads it. */
  readonly labels: string | null
  /** A single Node's name. */
  readonly name: string | null
}

export interface Follow<T> {
  /** Called with everything first, and after each change. */
  readonly changed: (all: readonly T[]) => void
  /** The API server could not be asked for a while; it will be asked again. */
  readonly troubled: (refusal: ApiRefusal) => void
  /** Ends it. */
  readonly signal: AbortSignal
}

/** The API server as the cluster commands need it, with the caller's rights. Nothing here throws. */
export interface ClusterApi {
  /** What hostdeps put on each Node, including Nodes with nothing. */
  leavings(): Promise<ApiAnswer<readonly LeftBehind[]>>
  agents(): Promise<ApiAnswer<Agents>>
  /** Removes from a Node what is named, and nothing else. */
  clean(leavings: LeftBehind, options: { readonly dryRun: boolean }): Promise<ApiAnswer<null>>
  /** Deletes the agents' events; returns how many there were. */
  forgetEvents(options: { readonly dryRun: boolean }): Promise<ApiAnswer<number>>

  /** The names of the objects at a path, like "/api/v1/nodes". */
  names(path: string): Promise<ApiAnswer<readonly string[]>>
  nodes(selection: NodeSelection): Promise<ApiAnswer<readonly ClusterNode[]>>
  node(name: string): Promise<ApiAnswer<ClusterNode>>
  /** Of one namespace, or null for all. */
  agentPods(namespace: string | null): Promise<ApiAnswer<readonly AgentPod[]>>
  /** Of an agent itself, for a check that its Node has no room for, or that is not published. */
  agentCheck(pod: AgentPod, check: string): Promise<ApiAnswer<AgentCheck>>
  /** Follows Nodes until the signal ends it; resolves at once with the refusal when they cannot be listed at all. */
  followNodes(selection: NodeSelection, follow: Follow<ClusterNode>): Promise<ApiAnswer<null>>
  followAgentPods(namespace: string | null, follow: Follow<AgentPod>): Promise<ApiAnswer<null>>
}
