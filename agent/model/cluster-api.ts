import type { ApiAnswer } from './node-api.ts'

/** What hostdeps put on a Node, by name. */
export interface Leavings {
  readonly node: string
  readonly labels: readonly string[]
  readonly annotations: readonly string[]
  /** Types. */
  readonly conditions: readonly string[]
}

/** The API server as the cluster commands need it, with the rights of who calls. Nothing here throws. */
export interface ClusterApi {
  /** What hostdeps put on each Node, also where there is nothing. */
  leavings(): Promise<ApiAnswer<readonly Leavings[]>>
  /** "namespace/name" of each DaemonSet that runs agents. */
  agents(): Promise<ApiAnswer<readonly string[]>>
  /** Takes off a Node what is named, and nothing else. */
  clean(leavings: Leavings, options: { readonly dryRun: boolean }): Promise<ApiAnswer<null>>
}
