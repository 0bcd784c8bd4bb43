import type { ApiAnswer } from './node-api.ts'

/** What hostdeps put on a Node, by name. */
export interface LeftBehind {
  readonly node: string
  readonly labels: readonly string[]
  readonly annotations: readonly string[]
  /** Types. */
  readonly conditions: readonly string[]
}

/** What would put back what is taken off Nodes, each as "namespace/name". */
export interface Agents {
  readonly daemonSets: readonly string[]
  /** Those that have not ended, also of a DaemonSet that is gone. */
  readonly pods: readonly string[]
}

/** The API server as the cluster commands need it, with the rights of who calls. Nothing here throws. */
export interface ClusterApi {
  /** What hostdeps put on each Node, also where there is nothing. */
  leavings(): Promise<ApiAnswer<readonly LeftBehind[]>>
  agents(): Promise<ApiAnswer<Agents>>
  /** Takes off a Node what is named, and nothing else. */
  clean(leavings: LeftBehind, options: { readonly dryRun: boolean }): Promise<ApiAnswer<null>>
  /** Deletes what agents told as events; returns how many there were. */
  forgetEvents(options: { readonly dryRun: boolean }): Promise<ApiAnswer<number>>
}
