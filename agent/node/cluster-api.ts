import type { ApiAnswer } from './node-api.ts'

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

/** The API server as the cluster commands need it, with the caller's rights. Nothing here throws. */
export interface ClusterApi {
  /** What hostdeps put on each Node, including Nodes with nothing. */
  leavings(): Promise<ApiAnswer<readonly LeftBehind[]>>
  agents(): Promise<ApiAnswer<Agents>>
  /** Removes from a Node what is named, and nothing else. */
  clean(leavings: LeftBehind, options: { readonly dryRun: boolean }): Promise<ApiAnswer<null>>
  /** Deletes the agents' events; returns how many there were. */
  forgetEvents(options: { readonly dryRun: boolean }): Promise<ApiAnswer<number>>
}
