import { closest, distance } from 'fastest-levenshtein'
import { longestMistake, longestName, mostMistakes, mostMistakesTogether } from '#agent/model/bounds.ts'
import { unprintable } from '#agent/model/plain.ts'

/** A mistake in a file that a person wrote. */
export interface Mistake {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** The place in the document: "needs[2].run"; empty for the whole. */
  readonly path: string
  readonly message: string
  /** How many mistakes this one stands for; default 1. */
  readonly stands?: number
}

/** Formats a mistake as one harmless line: it may quote a file's content and name. */
export function formatMistake({ file, line, path, message }: Mistake): string {
  const text = `${file}:${line}: ${path === '' ? '' : `${path}: `}${message}`
  const printable = text.slice(0, longestMistake).replace(unprintables, ' ')
  return text.length > longestMistake ? `${printable.slice(0, -1)}…` : printable
}

const unprintables = new RegExp(`[${unprintable}]+`, 'gu')

/** All mistakes of one or more files at once. */
export class Mistakes extends Error {
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(reportMistakes(mistakes, mostMistakesTogether).join('\n'))
    this.name = 'Mistakes'
    this.mistakes = mistakes
  }
}

/** Formats one line for each mistake, at most `most` lines; the last one says how many more there are. */
export function reportMistakes(mistakes: readonly Mistake[], most: number): string[] {
  const all = countOf(mistakes)
  if (mistakes.length <= most) return mistakes.map(formatMistake)
  const first = mistakes.slice(0, most - 1)
  return [...first.map(formatMistake), `and ${all - countOf(first)} more mistakes`]
}

/** The mistakes of one file to report: there may be one in each of thousands of lines. */
export function firstMistakes(mistakes: readonly Mistake[]): readonly Mistake[] {
  const [first, ...others] = mistakes.slice(mostMistakes - 1)
  if (first === undefined || others.length === 0) return mistakes
  const more = mistakes.length - mostMistakes + 1
  const { file, line } = first
  const rest = { file, line, path: '', message: `and ${more} more mistakes from here on`, stands: more }
  // Copied to plain values: some compute their message on access.
  return [...mistakes.slice(0, mostMistakes - 1).map((one) => ({ ...one })), rest]
}

function countOf(mistakes: readonly Mistake[]): number {
  return mistakes.reduce((sum, { stands = 1 }) => sum + stands, 0)
}

/** Turns whatever reading throws into a mistake of the file: nothing that people write may end a process. */
export function orMistakes<T>(file: string, read: () => T): T | { readonly mistakes: readonly Mistake[] } {
  try {
    return read()
  } catch (error) {
    if (error instanceof Mistakes) return { mistakes: error.mistakes }
    const words = error instanceof Error ? error.message : String(error)
    return { mistakes: [{ file, line: 1, path: '', message: `could not be read: ${words}` }] }
  }
}

/** " (did you mean run?)", or "" when no known name is close. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearName(name, known)
  return near === null ? '' : ` (did you mean ${near}?)`
}

/** The closest known name, if at most a third of its letters differ, but always up to two. */
function nearName(name: string, known: readonly string[]): string | null {
  if (known.length === 0 || name.length > longestName) return null
  const prefixed = known.find((other) => name.length >= 3 && other.startsWith(name))
  if (prefixed !== undefined) return prefixed
  const near = closest(name.toLowerCase(), known)
  const allowed = Math.max(2, Math.floor(near.length / 3))
  return distance(name.toLowerCase(), near.toLowerCase()) <= allowed ? near : null
}
