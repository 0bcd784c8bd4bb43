import type { AnswerEntry } from './answers.ts'
import type { Question, Unanswered } from './question.ts'
import type { Spawned } from './spawns.ts'

/** One host that can be asked. Asking never throws and never takes longer than the deadline + 200 ms. */
export interface Host {
  /** How this host is reached, for people: "this machine" or "process 4711 of /proc". */
  readonly description: string
  /** Whether the host can be entered and read at all; null when it can. */
  selfTest(): Promise<Unanswered | null>
  ask(questions: readonly Question[]): Promise<readonly AnswerEntry[]>
  /** How many processes were killed at their deadline and are still there. */
  abandoned(): number
  /** How many programs were started. */
  spawned(): Spawned
}

/** Reports changes on the host, so that a round need not wait for its interval. */
export interface Watcher {
  /** Calls back after a burst of changes; the returned function ends the watch. */
  watch(changed: (path: string) => void): () => void
  /** How many places are watched, how many could not be watched, and how many watches have ended by themselves. */
  readonly places: { readonly watched: number; readonly refused: number; readonly lost: number }
}

export interface Clock {
  /** For people only. */
  now(): Date
  /** Milliseconds since the machine booted, suspend included; shared by all containers of a node. */
  boot(): number
  /** Calls back once, after `ms`; the returned function cancels. */
  after(ms: number, call: () => void): () => void
}
