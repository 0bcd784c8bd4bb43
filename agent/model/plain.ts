const longest = 1000

/**
 * Characters that no shown text may contain, as the inside of a character class for a regular expression with the flag `u`:
 * control characters (they begin a terminal's escape sequences), line and paragraph separators, marks that change the writing
 * direction, zero-width and other invisible characters (tags, fillers), and halves of surrogate pairs. Variation selectors may
 * stay: they only choose the look of the character before them.
 */
export const unprintable = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0\ufff0-\ufff8\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}`

const unprintables = new RegExp(`[${unprintable}]+`, 'gu')

declare const isPlain: unique symbol

/** A line made by {@link plainLine}. */
export type PlainLine = string & { readonly [isPlain]: true }

/** Text from a host or a caller, as one harmless line of at most 1,000 UTF-16 units. {@link unprintable} runs become a space. */
export function plainLine(text: string): PlainLine {
  const line = text.replace(unprintables, ' ').trim()
  return (line.length > longest ? `${cutText(line, longest - 1)}…` : line) as PlainLine
}

/** Whether a text may be shown unchanged. */
export function isPrintable(text: string): boolean {
  return text.search(unprintables) === -1
}

/** The beginning of a text: at most `length` UTF-16 units, never half a surrogate pair. */
function cutText(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}

/** Like {@link plainLine}, but of any length. Applying it twice changes nothing more. */
export function plainText(text: string): string {
  return text.replace(unprintables, ' ').trim()
}

/** Several lines, such as the commands of a fix: like {@link plainText}, but line breaks, tabs and indents stay. */
export function plainLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.replace(unprintablesButTabs, ' '))
    .join('\n')
}

const unprintablesButTabs = new RegExp(`(?!\\t)[${unprintable}]`, 'gu')
