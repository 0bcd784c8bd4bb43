/**
 * What a terminal obeys, and what makes a text look like another: control characters, line and paragraph separators, marks
 * of direction, invisible characters and tags. Written here anew, so that the agent's own list is under test too.
 */
const harmful = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/u
const harmfulInLines = new RegExp(String.raw`(?![\n\t])${harmful.source}`, 'u')

/** A claim does not hold. */
export class Broken extends Error {
  constructor(words: string) {
    super(words)
    this.name = 'Broken'
  }
}

export function claim(isSo: boolean, words: () => string): asserts isSo {
  if (!isSo) throw new Broken(words())
}

export function claimLine(text: string, what: string): void {
  claim(!harmful.test(text), () => `${what} is not one harmless line: ${around(harmful, text)}`)
}

export function claimLines(text: string, what: string): void {
  claim(!harmfulInLines.test(text), () => `${what} is not harmless: ${around(harmfulInLines, text)}`)
}

/** Every text in a value and in its keys. Those at the keys that are named may have several lines. */
export function claimTexts(value: unknown, what: string, severalLines: readonly string[] = []): void {
  const open: { value: unknown; at: string; key: string }[] = [{ value, at: what, key: '' }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, at, key } = next
    if (typeof value === 'string') (severalLines.includes(key) ? claimLines : claimLine)(value, at)
    if (typeof value !== 'object' || value === null) continue
    for (const [inner, item] of Object.entries(value)) {
      if (!Array.isArray(value)) claimLine(inner, `a key of ${at}`)
      const isList = Array.isArray(value)
      open.push({ value: item, at: isList ? `${at}[]` : `${at}.${inner}`, key: isList ? key : inner })
    }
  }
}

function around(pattern: RegExp, text: string): string {
  const at = text.search(pattern)
  return escape(JSON.stringify(text.slice(Math.max(0, at - 20), at + 20)))
}

/** What is no ASCII, as JSON writes it. */
export function escape(text: string): string {
  return text.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
