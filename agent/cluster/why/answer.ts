import type { NeedRef } from '#agent/cluster/fix-elsewhere.ts'
import type { Standing } from '#agent/cluster/agents-on.ts'
import type { State } from '#agent/model/state.ts'

/**
 * - `confirmed`: a line points to a need that is missing on that pod's node.
 * - `likely`: the line alone says so; the node does not say, or had it missing until lately.
 * - `possible`: no line says so, but a check for this workload is missing something there.
 * - `not the host`: it is something else, which is said.
 * - `cannot tell`: what is known points nowhere.
 */
export const whyVerdicts = ['confirmed', 'likely', 'possible', 'not the host', 'cannot tell'] as const

export type WhyVerdict = (typeof whyVerdicts)[number]

/** A text that speaks for the answer. */
export interface Evidence {
  readonly from: 'log' | 'event' | 'status'
  /** null for what is about the whole pod. */
  readonly container: string | null
  readonly text: string
}

/** What the pod's node says of the check. */
export interface HostSide {
  readonly node: string
  readonly os: string | null
  readonly state: State
  /** RFC 3339; null when it does not say. */
  readonly since: string | null
  readonly was: State | null
  readonly needs: readonly NeedRef[]
  readonly agent: Standing
  /** For a root shell there; null when there is none, or it is not known here. */
  readonly fix: string | null
}

/** Why one thing is wrong, for whichever pods it is wrong with. */
export interface Cause {
  readonly verdict: WhyVerdict
  readonly check: string | null
  readonly title: string | null
  /** The check's need; null when it may be any of them. */
  readonly need: string | null
  /** What is wrong, without the full stop. */
  readonly says: string
  /** What to do, besides the fix; null when the fix is all. */
  readonly next: string | null
  readonly source: string | null
  readonly evidence: readonly Evidence[]
  /** The nodes that are meant: the pod's own, or all that it might be on. */
  readonly hosts: readonly HostSide[]
  /** When the node got what was missing (RFC 3339); null while it is. */
  readonly readySince: string | null
  /** What the log names and the node has, a line each. */
  readonly ruledOut: readonly string[]
  /** What else is worth knowing, a line each. */
  readonly also: readonly string[]
}

/** A pod as an answer names it. */
export interface PodNamed {
  readonly namespace: string
  readonly name: string
  readonly container: string | null
  readonly node: string | null
  /** "crash-loops (7 restarts, last exit 1)" */
  readonly how: string
}

/** A cause with all the pods that it is the cause for. */
export interface WhyAnswer extends Cause {
  readonly pods: readonly PodNamed[]
  /** What could not be read, and which right it takes, a line each. */
  readonly lacking: readonly string[]
}
