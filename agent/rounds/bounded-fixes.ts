import { longestFix, longestLateFix, mostFixCharacters } from '#agent/model/bounds.ts'
import type { FixCandidate, FixSpace, FixText } from '#agent/model/fix-candidate.ts'
import { shortenFix } from '#agent/round-file/shorten.ts'

/**
 * Limits the fix texts of one round. A check's fix contains those of all that it includes, so a small file may produce more
 * text than fits into the heap: each fix has a limit, and a shorter one once all together are too long.
 */
export function boundFixes(fixText: FixText): { readonly fixText: FixText; readonly fixSpace: FixSpace } {
  let left = mostFixCharacters
  const textOf = onceForEach(fixText)
  return {
    fixText(...args) {
      const whole = textOf(...args)
      if (whole === null) return null
      const fix = shortenFix(whole, left > 0 ? longestFix : longestLateFix)
      left -= fix.length
      return fix.length < whole.length ? copyOf(fix) : fix
    },
    fixSpace: { left: () => left, spend: (characters) => void (left -= characters) },
  }
}

/** The fix of a need is often that of its check too. Only texts that are kept anyway are kept here, as long as the round. */
function onceForEach(fixText: FixText): FixText {
  const known = new Map<FixCandidate, string | null>()
  return (candidates, facts, ofSeveral) => {
    const [only] = candidates
    if (only === undefined || candidates.length > 1 || ofSeveral) return fixText(candidates, facts, ofSeveral)
    const before = known.get(only)
    if (before !== undefined) return before
    const text = fixText(candidates, facts)
    if (text === null || text.length <= longestLateFix) known.set(only, text)
    return text
  }
}

/** Copies a text: a slice would keep the whole text in memory. */
function copyOf(text: string): string {
  return Buffer.from(text).toString()
}
