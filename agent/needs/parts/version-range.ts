import * as z from 'zod'
import { longestName } from '#agent/model/bounds.ts'
import { parseRange, rangePattern } from '#agent/versions/range.ts'
import type { Range } from '#agent/versions/range.ts'

/** A range as it is written, and as it is compared. */
export interface WrittenRange {
  readonly text: string
  readonly range: Range
}

/** A range of versions that is kept as it is written. */
export const rangeText = z
  .string()
  .max(longestName)
  .superRefine((text, context) => {
    const parsed = parseRange(text)
    if ('error' in parsed) context.addIssue({ code: 'custom', message: parsed.error })
  })
  .meta({ pattern: rangePattern })

/** A range of versions in a check file: ">=2.1 <3". */
export const versionRange = z
  .string()
  .max(longestName)
  .meta({ pattern: rangePattern })
  .transform((text, context): WrittenRange => {
    const parsed = parseRange(text)
    if ('range' in parsed) return { text, range: parsed.range }
    context.addIssue({ code: 'custom', message: parsed.error })
    return z.NEVER
  })
