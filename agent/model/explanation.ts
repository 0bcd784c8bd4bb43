import type { State } from './state.ts'

/**
 * `confirmed`: this host lacks it. `likely`: the line alone says so; the host was not asked, could not tell, or may not be meant.
 * `not here`: this host has it.
 */
export const verdicts = ['confirmed', 'likely', 'not here'] as const

/** What a log points to, with what this host says of it. */
export interface Cause {
  readonly verdict: (typeof verdicts)[number]
  /** null when no check knows it. */
  readonly check: string | null
  readonly title: string | null
  /** The check's need that the line is about; null: any of them. */
  readonly need: string | null
  /** What the line itself names; null when nothing. */
  readonly subject: { readonly kind: string; readonly name: string } | null
  readonly confidence: 'certain' | 'likely' | 'possible'
  readonly means: string
  readonly source: string | null
  /** The last such line, the first is 1; 0 when only the exit code says so. */
  readonly line: number
  readonly text: string
  readonly times: number
  /** A line that takes it back. */
  readonly doubt: { readonly line: number; readonly text: string } | null
  /** The host's answer; null when it was not asked. */
  readonly state: State | null
  readonly message: string | null
  /** Shell commands, one a line, and notes as comment lines; null when there is nothing to fix here or no fix is known. */
  readonly fix: string | null
  /** Other checks of which a need says the same. */
  readonly alsoNeededBy: readonly string[]
}

/** What the caller knows of the container whose log it is. */
export interface Hints {
  /** The container, workload or program: "longhorn-manager". */
  readonly component?: string | undefined
  readonly namespace?: string | undefined
  readonly image?: string | undefined
  readonly exitCode?: number | undefined
}

/** Explains a log; rejects when that takes too much time or memory. */
export type Explain = (log: Uint8Array, hints: Hints) => Promise<Explanation>

/** The answer of `hostdeps explain`. */
export interface Explanation {
  readonly v: 1
  /** null when no host was asked. */
  readonly host: { readonly name: string; readonly os: string } | null
  /** What the exit code says by itself; null without one, or when it says nothing. */
  readonly exit: { readonly code: number; readonly means: string; readonly source: string } | null
  /** Best first. */
  readonly causes: readonly Cause[]
}
