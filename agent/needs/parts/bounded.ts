import * as z from 'zod'
import { longestName, mostItems } from '#agent/model/bounds.ts'

/** A name or a value in a check file; `wrong` says what one that does not fit is not. */
export function word(pattern: RegExp, wrong: string) {
  return z.string().max(longestName).regex(pattern, wrong)
}

/** Several of the same, at least one. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).min(1).max(mostItems)
}
