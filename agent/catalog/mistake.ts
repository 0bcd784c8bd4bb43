import { closest, distance } from 'fastest-levenshtein'

/** One thing wrong in a file that a person wrote. */
export interface Mistake {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** Where in the document: "needs[2].run", empty for the whole. */
  readonly path: string
  readonly message: string
}

export function formatMistake(mistake: Mistake): string {
  const path = mistake.path === '' ? '' : `${mistake.path}: `
  return `${mistake.file}:${mistake.line}: ${path}${mistake.message}`
}

/** All mistakes of one or more files, found in one go. */
export class Mistakes extends Error {
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(formatMistake).join('\n'))
    this.name = 'Mistakes'
    this.mistakes = mistakes
  }
}

/** " (did you mean run?)", or nothing when no known name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearName(name, known)
  return near === null ? '' : ` (did you mean ${near}?)`
}

/** The known name that differs least, if it differs in at most a third of its letters (and at least two may). */
function nearName(name: string, known: readonly string[]): string | null {
  if (known.length === 0) return null
  const prefixed = known.find((other) => name.length >= 3 && other.startsWith(name))
  if (prefixed !== undefined) return prefixed
  const near = closest(name.toLowerCase(), known)
  const allowed = Math.max(2, Math.floor(near.length / 3))
  return distance(name.toLowerCase(), near.toLowerCase()) <= allowed ? near : null
}
