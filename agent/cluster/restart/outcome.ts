import type { Left, Restart } from './verdict.ts'

/** What is to be done, before anything is. Every text is harmless. */
export interface RestartPlan {
  readonly restarts: readonly Restart[]
  /** Pods that are not ready, and stay. */
  readonly left: readonly Left[]
  /** What is worth knowing of the nodes, a line each. */
  readonly notes: readonly string[]
  /** What could not be read, and which right it takes, a line each. */
  readonly lacking: readonly string[]
}

/** How the deletion was not sent, sent to be tried, or sent. */
export type DryRun = 'none' | 'client' | 'server'

/** What became of one pod. */
export interface Outcome {
  readonly restart: Restart
  readonly did: 'deleted' | 'would delete' | 'changed' | 'gone' | 'refused' | 'not confirmed'
  /** The API server's own words, harmless; null for what it did not refuse. */
  readonly message: string | null
}
