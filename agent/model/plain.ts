const longest = 1000

/**
 * Text from a host as one harmless line: control characters (a terminal's escape sequences begin with one) and
 * marks that turn the writing direction become spaces; at most 1,000 characters.
 */
export function plainLine(text: string): string {
  const line = plainText(text)
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}

/** As {@link plainLine}, of any length. What it made it leaves as it is. */
export function plainText(text: string): string {
  return text.toWellFormed().replace(harmful, ' ').trim()
}

/** Several lines, like the commands of a fix: as {@link plainText}, but line breaks, tabs and indents stay. */
export function plainLines(text: string): string {
  return text.toWellFormed().replaceAll('\r\n', '\n').replace(harmfulInLines, ' ')
}

const harmful = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]+/gu
const harmfulInLines = /[[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]--[\n\t]]+/gv
