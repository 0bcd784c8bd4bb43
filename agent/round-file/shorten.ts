import { longestFix, longestLine } from '#agent/model/bounds.ts'
import { plainLines, plainText } from '#agent/model/plain.ts'

/** Characters reserved for the text that says how much is left out. */
const saying = 40

/** Makes a text one harmless line; a long one is cut, and says how many characters are left out. */
export function shortenLine(text: string, longest = longestLine): string {
  const line = plainText(text)
  if (line.length <= longest) return line
  return cutLine(line, longest)
}

/**
 * Makes the commands of a fix harmless. A long fix is cut between lines, since half a command may do something else (a note may
 * be cut anywhere), and a comment says how many characters are left out.
 */
export function shortenFix(fix: string, longest = longestFix): string {
  const text = plainLines(fix)
  if (text.length <= longest) return text
  const end = text.lastIndexOf('\n', longest - saying)
  if (end < 0 && text.startsWith('#')) return cutLine(text, longest)
  const kept = text.slice(0, end + 1)
  return `${kept}# … (${text.length - kept.length} more characters)`
}

function cutLine(text: string, longest: number): string {
  const kept = beginning(text, longest - saying)
  return `${kept}… (${text.length - kept.length} more characters)`
}

/** The first lines, and how many more there are. */
export function shortenList(lines: readonly string[], most: number): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), `and ${lines.length - most + 1} more`]
}

/** The beginning of a text, without half a surrogate pair at its end. */
function beginning(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}
