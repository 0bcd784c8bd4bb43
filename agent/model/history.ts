import type { Reason } from './reason.ts'
import type { State } from './state.ts'

/** One change of a check's state. */
export interface Change {
  /** When it was seen, RFC 3339. */
  readonly at: string
  readonly from: State
  readonly to: State
  /** Of the new state. */
  readonly reason: Reason
  readonly message: string
}

/** The last changes of one check. It is kept in memory alone: a restart empties it. */
export interface History {
  /** Since when changes are kept, RFC 3339. */
  readonly since: string
  /** Newest first. */
  readonly changes: readonly Change[]
}
