import { longestFix, longestLateFix, mostFixCharacters } from '#agent/model/bounds.ts'
import type { FixText } from '#agent/model/fix-candidate.ts'
import { shortenFix } from '#agent/round-file/shorten.ts'

/**
 * Limits the fix texts of one round. A check's fix contains those of all that it includes, so a small file may produce more
 * text than fits into the heap: each fix has a limit, and a shorter one once all together are too long.
 */
export function boundFixes(fixText: FixText): FixText {
  let left = mostFixCharacters
  return (...args) => {
    const whole = fixText(...args)
    if (whole === null) return null
    const fix = shortenFix(whole, left > 0 ? longestFix : longestLateFix)
    left -= fix.length
    return fix.length < whole.length ? copyOf(fix) : fix
  }
}

/** Copies a text: a slice would keep the whole text in memory. */
function copyOf(text: string): string {
  return Buffer.from(text).toString()
}
