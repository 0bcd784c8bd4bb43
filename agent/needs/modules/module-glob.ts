import { parseBrackets } from './glob-brackets.ts'
import type { Single } from './glob-brackets.ts'

/**
 * Patterns for names of modules, as modprobe matches them: fnmatch(3) in the C locale, with hyphen and underscore alike
 * outside brackets; a pattern that it ignores matches nothing. By hand and not by a regular expression: patterns come from
 * files of the host, and there must be none of which this fails, or is slow.
 * https://github.com/kmod-project/kmod/blob/master/shared/util.c (underscores)
 */
export function matchesName(pattern: string, name: string): boolean {
  const plain = pattern.search(/[*?[\]\\]/)
  if (plain === -1) return pattern.replaceAll('-', '_') === name
  const isHopeless = !name.startsWith(pattern.slice(0, plain).replaceAll('-', '_'))
  if (isHopeless || name.length > longestName) return false
  const folded = foldPattern(pattern)
  const parts = folded === null ? null : parseGlob(folded, name.length)
  return parts !== null && matchParts(parts, name)
}

/** UTF-16 units: a module is a file of that name (NAME_MAX), and its name in the kernel is shorter still. */
const longestName = 255

/** null where brackets do not pair. */
function foldPattern(pattern: string): string | null {
  let folded = ''
  for (let at = 0; at < pattern.length;) {
    const open = pattern.indexOf('[', at)
    const plain = open === -1 ? pattern.slice(at) : pattern.slice(at, open)
    const close = open === -1 ? pattern.length : pattern.indexOf(']', open)
    if (close === -1 || plain.includes(']')) return null
    folded += plain.replaceAll('-', '_') + (open === -1 ? '' : pattern.slice(open, close + 1))
    at = close + 1
  }
  return folded
}

type Part = '*' | Single['fits']

/** null for a pattern that matches no name of at most `most` characters, or none at all. */
function parseGlob(pattern: string, most: number): readonly Part[] | null {
  const parts: Part[] = []
  let singles = 0
  for (let at = 0; at < pattern.length;) {
    const isStar = pattern.charAt(at) === '*'
    const single = isStar ? null : parseSingle(pattern, at)
    if (single === null && !isStar) return null
    if (single !== null && ++singles > most) return null
    if (single !== null || parts.at(-1) !== '*') parts.push(single?.fits ?? '*')
    at = single?.next ?? at + 1
  }
  return parts
}

function parseSingle(pattern: string, at: number): Single | null {
  const char = pattern.charAt(at)
  if (char === '[') return parseBrackets(pattern, at)
  if (char === '?') return { fits: () => true, next: at + 1 }
  const wanted = char === '\\' ? pattern.charAt(at + 1) : char
  if (wanted === '') return null
  return { fits: (one) => one === wanted, next: at + (char === '\\' ? 2 : 1) }
}

/**
 * One pass with a way back to the last star alone: whatever an earlier one could take besides, the last one can. So it is at
 * most the square of the name's length, however many stars there are.
 */
function matchParts(parts: readonly Part[], name: string): boolean {
  let [part, at] = [0, 0]
  let star: { readonly part: number; at: number } | null = null
  while (at < name.length) {
    const now = parts[part]
    if (now === '*') {
      part++
      star = { part, at }
    } else if (now?.(name.charAt(at)) === true) {
      part++
      at++
    } else {
      if (star === null) return false
      star.at++
      part = star.part
      at = star.at
    }
  }
  return parts.slice(part).every((rest) => rest === '*')
}
