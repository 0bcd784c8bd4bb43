import { longestFix, longestLateFix, mostFixCharacters } from '#agent/model/bounds.ts'
import type { Asked } from '#agent/model/judge.ts'
import { shortenFix } from '#agent/round-file/shorten.ts'

type FixText = Asked['fixText']

/**
 * Puts the fixes of one round into words. A check's fix has those of all that it includes, so a small file may come to more
 * text than the heap holds: each is bounded, and what comes after all have become too long is short.
 */
export function boundFixes(fixText: FixText): FixText {
  let left = mostFixCharacters
  return (candidates, facts) => {
    const whole = fixText(candidates, facts)
    if (whole === null) return null
    const fix = shortenFix(whole, left > 0 ? longestFix : longestLateFix)
    left -= fix.length
    return fix.length < whole.length ? copyOf(fix) : fix
  }
}

/** A part of a text keeps the whole of it in memory. */
function copyOf(text: string): string {
  return Buffer.from(text).toString()
}
