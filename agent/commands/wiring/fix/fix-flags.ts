import type { ClusterFlags } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import type { HostFlags } from '#agent/commands/wiring/host-flags.ts'

export interface FixFlags extends ClusterFlags, HostFlags {
  readonly selector?: string
  readonly all?: boolean
  readonly check: readonly string[]
  readonly output: 'script'
  readonly apply?: boolean
  readonly yes?: boolean
  readonly repair?: boolean
  readonly parallel: number
  readonly namespace: string
  readonly image?: string
  /** Milliseconds. */
  readonly timeout: number
}
