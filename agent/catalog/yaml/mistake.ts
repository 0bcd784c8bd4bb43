import { closest, distance } from 'fastest-levenshtein'
import { longestMistake, longestName, mostMistakes, mostMistakesTogether } from '#agent/model/bounds.ts'
import { unprintable } from '#agent/model/plain.ts'

/** One thing wrong in a file that a person wrote. */
export interface Mistake {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** Where in the document: "needs[2].run", empty for the whole. */
  readonly path: string
  readonly message: string
  /** Of how many it tells; one unless it says. */
  readonly stands?: number
}

/** In one harmless line: what people write is in it, and how they name their files. */
export function formatMistake({ file, line, path, message }: Mistake): string {
  const text = `${file}:${line}: ${path === '' ? '' : `${path}: `}${message}`
  const told = text.slice(0, longestMistake).replace(unprintables, ' ')
  return text.length > longestMistake ? `${told.slice(0, -1)}…` : told
}

const unprintables = new RegExp(`[${unprintable}]+`, 'gu')

/** All mistakes of one or more files, found in one go. */
export class Mistakes extends Error {
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(tellMistakes(mistakes, mostMistakesTogether).join('\n'))
    this.name = 'Mistakes'
    this.mistakes = mistakes
  }
}

/** A line each, at most so many; the last one says how many more there are. */
export function tellMistakes(mistakes: readonly Mistake[], most: number): string[] {
  const all = countOf(mistakes)
  if (mistakes.length <= most) return mistakes.map(formatMistake)
  const told = mistakes.slice(0, most - 1)
  return [...told.map(formatMistake), `and ${all - countOf(told)} more mistakes`]
}

/** Those of one file that are told: what reads it may find one in each of thousands of lines. */
export function firstMistakes(mistakes: readonly Mistake[]): readonly Mistake[] {
  const [first, ...others] = mistakes.slice(mostMistakes - 1)
  if (first === undefined || others.length === 0) return mistakes
  const more = mistakes.length - mostMistakes + 1
  const { file, line } = first
  const rest = { file, line, path: '', message: `and ${more} more mistakes from here on`, stands: more }
  // As plain values: some look for their words when they are told.
  return [...mistakes.slice(0, mostMistakes - 1).map((one) => ({ ...one })), rest]
}

function countOf(mistakes: readonly Mistake[]): number {
  return mistakes.reduce((sum, { stands = 1 }) => sum + stands, 0)
}

/** Nothing that people write may end a process: what reading it throws is a mistake of the file. */
export function orMistakes<T>(file: string, read: () => T): T | { readonly mistakes: readonly Mistake[] } {
  try {
    return read()
  } catch (error) {
    if (error instanceof Mistakes) return { mistakes: error.mistakes }
    const words = error instanceof Error ? error.message : String(error)
    return { mistakes: [{ file, line: 1, path: '', message: `cannot be read: ${words}` }] }
  }
}

/** " (did you mean run?)", or nothing when no known name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearName(name, known)
  return near === null ? '' : ` (did you mean ${near}?)`
}

/** The known name that differs least, if it differs in at most a third of its letters (and at least two may). */
function nearName(name: string, known: readonly string[]): string | null {
  if (known.length === 0 || name.length > longestName) return null
  const prefixed = known.find((other) => name.length >= 3 && other.startsWith(name))
  if (prefixed !== undefined) return prefixed
  const near = closest(name.toLowerCase(), known)
  const allowed = Math.max(2, Math.floor(near.length / 3))
  return distance(name.toLowerCase(), near.toLowerCase()) <= allowed ? near : null
}
