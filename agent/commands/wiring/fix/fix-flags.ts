import type { ClusterFlags } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import type { HostFlags } from '#agent/commands/wiring/host-flags.ts'

/** What is printed for nodes that are there, and for new ones. */
export const newNodeFormatNames = ['cloud-init', 'ansible', 'ignition', 'daemonset'] as const
export type NewNodeFormat = (typeof newNodeFormatNames)[number]

export interface FixFlags extends ClusterFlags, HostFlags {
  readonly selector?: string
  readonly all?: boolean
  readonly check: readonly string[]
  readonly output: 'script' | NewNodeFormat
  readonly apply?: boolean
  readonly yes?: boolean
  readonly repair?: boolean
  readonly parallel: number
  readonly namespace: string
  readonly image?: string
  /** Milliseconds. */
  readonly timeout: number
}
