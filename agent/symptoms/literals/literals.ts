import { readTree } from './pattern-tree.ts'
import type { Tree } from './pattern-tree.ts'

/** Bytes. Shorter texts stand in too many lines to say anything. */
export const shortestLiteral = 4

/** Bytes of a literal that are looked for: more make the automaton larger and hardly rarer. */
const longestLiteral = 14

/** Texts of an alternative or a class that are told apart. */
const mostTexts = 24

/**
 * Texts of which each match of a pattern contains at least one, in whatever case and however a log format escapes it; null when
 * there are none. All are in lower case and ASCII, {@link shortestLiteral} bytes or longer.
 */
export function literalsOf(pattern: string): readonly string[] | null {
  const { exact, needed } = look(readTree(pattern))
  const best = better(exact && usable(exact), needed)
  return best === null ? null : [...new Set(best.map(rarestPart))]
}

/**
 * Sets of texts, in lower case: a text that matches has one of each set. Cheaper than the pattern, where its literal alone is
 * common.
 */
export function requirementsOf(pattern: string): readonly (readonly string[])[] {
  const tree = readTree(pattern)
  if (tree.type !== 'concat') return []
  const sets: (readonly string[])[] = []
  let run: readonly string[] = ['']
  const close = () => {
    if (usable(run) !== null) sets.push(run)
  }
  for (const item of tree.items) {
    const { exact, needed } = look(item)
    const longer = exact && run.flatMap((head) => exact.map((tail) => head + tail))
    if (longer !== null && longer.length <= mostTexts) {
      run = longer
      continue
    }
    close()
    if (needed !== null) sets.push(needed)
    run = exact ?? ['']
  }
  close()
  return sets
}

/** How many characters of a pattern are fixed: how much a match of it says. */
export function specificityOf(pattern: string): number {
  return fixedIn(readTree(pattern))
}

interface Texts {
  /** All texts that match; null when these are too many. */
  readonly exact: readonly string[] | null
  /** Each match contains one of them; null when none is known. */
  readonly needed: readonly string[] | null
}

const nothing: Texts = { exact: null, needed: null }

function look(tree: Tree): Texts {
  if (tree.type === 'empty') return { exact: [''], needed: null }
  if (tree.type === 'any') return nothing
  if (tree.type === 'chars') return lookAtChars(tree.chars)
  if (tree.type === 'repeat') return lookAtRepeat(tree)
  const items = tree.items.map(look)
  return tree.type === 'concat' ? join(items) : unite(items)
}

/** What JSON and quoting write with a backslash or as \u003c, and what is no ASCII, is never part of a literal. */
const escapable = /[^\x20-\x7e]|["\\<>&]/

function lookAtChars(chars: readonly string[]): Texts {
  const lower = [...new Set(chars.map((char) => char.toLowerCase()))]
  return lower.some((char) => escapable.test(char)) ? nothing : { exact: lower, needed: null }
}

function lookAtRepeat({ item, least, most }: Extract<Tree, { type: 'repeat' }>): Texts {
  const { exact, needed } = look(item)
  if (least === 1 && most === 1) return { exact, needed }
  if (least === 0) return { exact: most === 1 && exact !== null ? ['', ...exact] : null, needed: null }
  return { exact: null, needed: better(exact && usable(exact), needed) }
}

/** Joins what follows each other into runs of fixed text; of these and of what else is needed, the best is kept. */
function join(items: readonly Texts[]): Texts {
  let run: readonly string[] = ['']
  let isExact = true
  let best: readonly string[] | null = null
  for (const { exact, needed } of items) {
    const longer = exact && run.flatMap((head) => exact.map((tail) => head + tail))
    if (longer !== null && longer.length <= mostTexts) {
      run = longer
      continue
    }
    isExact = false
    best = better(better(best, usable(run)), needed)
    run = exact ?? ['']
  }
  return { exact: isExact ? run : null, needed: better(best, usable(run)) }
}

function unite(items: readonly Texts[]): Texts {
  const exact = items.flatMap((item) => item.exact ?? [])
  const isExact = items.every((item) => item.exact !== null) && exact.length <= mostTexts
  const needs = items.map((item) => better(item.exact && usable(item.exact), item.needed))
  const needed = needs.every((one) => one !== null) ? needs.flat() : null
  return { exact: isExact ? exact : null, needed }
}

function usable(texts: readonly string[]): readonly string[] | null {
  return texts.length > 0 && texts.every((text) => text.length >= shortestLiteral) ? texts : null
}

function better(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null || b === null) return a ?? b
  return rarityOfAll(b) > rarityOfAll(a) ? b : a
}

function rarityOfAll(texts: readonly string[]): number {
  return Math.min(...texts.map(rarityOf)) - Math.log2(texts.length)
}

/** Words that stand in ordinary logs all the time: no line is rare for having them. */
const commonWords =
  /(?:failed|unable) to (?:load|mount|create|find|get|set|start|check|update|register)? ?|can(?:not|'t) |could(?: not|n't) (?:load|find|open)? ?|is not |support(?:ed)?|error:? ?|kernel|warning:? ?|successfully|module|file ?system|container|directory|mount|device|insufficient |required?|\d+/g

/** Characters that belong to no common word, and a little for each other one. */
function rarityOf(text: string): number {
  return text.replace(commonWords, '').length + text.length / 10
}

/** The part of a text that is looked for: the first of the rarest. A common word cut in two stays common. */
function rarestPart(text: string): string {
  const isCommon = Array.from({ length: text.length }, () => false)
  for (const { index, 0: word } of text.matchAll(commonWords)) isCommon.fill(true, index, index + word.length)
  const worthAt = (from: number) =>
    isCommon.slice(from, from + longestLiteral).filter((common) => !common).length
  let best = 0
  for (let from = 1; from + longestLiteral <= text.length; from++)
    if (worthAt(from) > worthAt(best)) best = from
  return text.slice(best, best + longestLiteral)
}

export function fixedIn(tree: Tree): number {
  if (tree.type === 'chars') return 1
  if (tree.type === 'repeat') return tree.least === 0 ? 0 : fixedIn(tree.item)
  if (tree.type === 'concat') return tree.items.reduce((sum, item) => sum + fixedIn(item), 0)
  return tree.type === 'either' ? Math.min(...tree.items.map(fixedIn)) : 0
}
