import { readTree } from './pattern-tree.ts'
import type { Tree } from './pattern-tree.ts'
import { fixedIn } from './literals.ts'

/** Fixed characters that must be there before the rest may be cut off. */
const leastFixed = 16

/** What a program writes where it cut a line. */
const cutMark = String.raw`(?:\.\.\.|…)?\s*$`

/** Whether a line looks as if a program had cut it. */
export function looksCut(text: string): boolean {
  return /(?:\.\.\.|…)\s*$/.test(text)
}

/**
 * A pattern that matches the beginning of what a pattern matches, at the end of a text; null when too little of it is fixed. A
 * `name` in it is whole.
 */
export function truncatedPattern(pattern: string): string | null {
  const tree = readTree(pattern)
  const choices = tree.type === 'either' ? tree.items : [tree]
  const cut = choices.flatMap((choice) => cutShort(choice.type === 'concat' ? choice.items : [choice]) ?? [])
  return cut.length === 0 ? null : `(?:${cut.join('|')})${cutMark}`
}

/** `abcdef` → `abc(?:d(?:e(?:f)?)?)?` */
function cutShort(items: readonly Tree[]): string | null {
  const named = items.findIndex(({ source }) => source.startsWith('(?P<name>'))
  let fixed = 0
  const last = items.findIndex((item, index) => {
    fixed += fixedIn(item)
    return fixed >= leastFixed && index > named + 2
  })
  if (last === -1) return null
  const head = items.slice(0, last + 1).map(({ source }) => source)
  const tail = items.slice(last + 1).reduceRight((rest, { source }) => `(?:${source}${rest})?`, '')
  return head.join('') + tail
}
