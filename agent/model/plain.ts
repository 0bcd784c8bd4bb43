const longest = 1000

/**
 * What no shown text may hold, as the inside of a character class for a regular expression with the flag `u`: control
 * characters (a terminal's escape sequences begin with one), line and paragraph separators, marks that turn the writing
 * direction, zero-width and all other characters that show nothing (tags, fillers), and halves of surrogate pairs.
 * Variation selectors may stay: they only choose the look of the character before them.
 */
export const unprintable = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0\ufff0-\ufff8\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}`

const unprintables = new RegExp(`[${unprintable}]+`, 'gu')

/**
 * Text from a host, or from whoever called us, as one harmless line of at most 1,000 UTF-16 units: what is
 * {@link unprintable} becomes a space.
 */
export function plainLine(text: string): string {
  const line = text.replace(unprintables, ' ').trim()
  return line.length > longest ? `${cutText(line, longest - 1)}…` : line
}

/** The beginning of a text, at most `length` UTF-16 units, and never half a surrogate pair. */
function cutText(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}
