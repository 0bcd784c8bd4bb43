import type { Evidence } from '#agent/cluster/why/answer.ts'
import type { ClusterPod } from '#agent/node/pod-api.ts'

/** What ties a pod to a check that its node got. */
export type Ground =
  /** A line says so. */
  | { readonly by: 'line'; readonly need: string | null; readonly evidence: Evidence }
  /** The pod asks for it: `asked` is the check itself, or one that requires it. */
  | { readonly by: 'selector' | 'annotation' | 'image'; readonly asked: string }

/** A pod that failed for want of what its node has by now. */
export interface Restart {
  readonly pod: ClusterPod
  readonly check: string
  /** When the node got it; RFC 3339. */
  readonly since: string
  readonly ground: Ground
}

/** Why a pod is left alone. */
export type LeftCode =
  | 'Ready'
  | 'Deleting'
  | 'Finished'
  | 'Static'
  | 'NoController'
  | 'OtherController'
  | 'NoNode'
  | 'NodeUnknown'
  | 'AgentAway'
  | 'NothingFixed'
  | 'NothingFails'
  | 'NeverStarted'
  | 'StartedSince'
  | 'NotTheHost'
  | 'NothingPointsThere'
  | 'LogUnread'
  | 'Changed'
  | 'Gone'

/** The reason as a code, and in harmless words. */
export interface LeftReason {
  readonly code: LeftCode
  readonly says: string
}

export interface Left extends LeftReason {
  readonly pod: ClusterPod
}
