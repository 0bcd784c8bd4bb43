import { longestFix, longestLine } from '#agent/model/bounds.ts'
import { plainLines, plainText } from '#agent/model/plain.ts'

/** Room for the words that say how much is left out. */
const saying = 40

/** One harmless line; of one that is too long the beginning, and how much there is more. */
export function shortenLine(text: string, longest = longestLine): string {
  const line = plainText(text)
  if (line.length <= longest) return line
  return cutLine(line, longest)
}

/**
 * The commands of a fix, harmless. Of one that is too long whole lines are kept, since half a command may do something else
 * (a note may be half), and how much there is more is a comment.
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

/** The first of many, and how many there are more. */
export function shortenList(lines: readonly string[], most: number): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), `and ${lines.length - most + 1} more`]
}

/** Without the first half of a character of two. */
function beginning(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}
