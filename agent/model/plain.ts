const longest = 1000

/**
 * Text from a host as one harmless line: control characters (a terminal's escape sequences begin with one) and
 * marks that turn the writing direction become spaces; at most 1,000 characters.
 */
export function plainLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]+/gu, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}
