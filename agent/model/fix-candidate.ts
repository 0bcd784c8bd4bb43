import type { Opponent } from './conflict.ts'
import type { FixFacts } from './facts.ts'
import type { Fix, FixByDistro } from './fix.ts'

/** `ofSeveral`: the candidates are those of several checks. */
export type FixText = (
  candidates: readonly FixCandidate[],
  facts: FixFacts,
  ofSeveral?: boolean,
) => string | null

/** Characters that the fixes of a round may still have. */
export interface FixSpace {
  left(): number
  /** Counts those of a fix that is not made again. */
  spend(characters: number): void
}

/** How one finding could be fixed: by the fix for its exact reason, otherwise by what the files say, nearest first. */
export interface FixCandidate {
  readonly exact: Fix | null
  readonly others: readonly FixByDistro[]
  /** The checks that it would break. */
  readonly opponents: readonly Opponent[]
  /** Nothing required is missing for want of it. */
  readonly isRecommended?: boolean
}
