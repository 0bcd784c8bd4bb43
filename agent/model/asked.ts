import type { Answers } from './answers.ts'
import type { Facts } from './facts.ts'
import type { Failed } from './failed.ts'
import type { FixSpace, FixText } from './fix-candidate.ts'
import type { Unanswered } from './question.ts'

/** What a round found out, and how to word a fix for this host. */
export interface Asked {
  readonly facts: Facts
  readonly answers: Answers
  /** Set when the host cannot be asked at all; every finding is then unknown for this one reason. */
  readonly unreachable: Unanswered | null
  /** The published checks that are this check or include it. */
  readonly publishedBy: (check: string) => readonly string[]
  readonly fixText: FixText
  /** What `fixText` has to be within; absent where it is without bounds. */
  readonly fixSpace?: FixSpace
  /** Called each time we hit a bug of our own; the other needs are still judged, whatever a host answers. */
  readonly failed?: Failed
}
