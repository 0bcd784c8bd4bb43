import type { ApiAnswer } from './node-api.ts'

/** A Job as far as the fix of a node goes. */
export interface FixJob {
  readonly name: string
  readonly uid: string
  /** The annotations that it was made with. */
  readonly annotations: Readonly<Record<string, string>>
  /** Milliseconds. */
  readonly createdAt: number
  readonly state: 'running' | 'succeeded' | 'failed'
  /** Milliseconds; null while it runs. */
  readonly endedAt: number | null
  /** Of its condition: "DeadlineExceeded"; empty while it runs. */
  readonly reason: string
}

/** What the pods of a DaemonSet are made of. */
export interface AgentImage {
  readonly image: string
  /** Names of Secrets. */
  readonly pullSecrets: readonly string[]
}

/** Jobs of the agents' namespace, with the caller's rights. Nothing here throws. */
export interface JobApi {
  /** Of the DaemonSet that runs the agents there. */
  agentImage(namespace: string): Promise<ApiAnswer<AgentImage>>
  createJob(
    namespace: string,
    body: object,
    options: { readonly dryRun: boolean },
  ): Promise<ApiAnswer<FixJob>>
  job(namespace: string, name: string): Promise<ApiAnswer<FixJob>>
  /** With its pods; only this very one. */
  deleteJob(namespace: string, job: FixJob): Promise<ApiAnswer<null>>
}
