import { RE2JS } from 're2js'
import { longestPattern, mostInstructions, mostMatching } from './bounds.ts'
import { estimateSize } from './pattern-size.ts'
import type { FileText } from './question.ts'

/** A regular expression in RE2 syntax, which matches in linear time. ^ and $ match at each line. */
export interface Pattern {
  /** As written. */
  readonly text: string
  /** Instructions that it compiles to. */
  readonly size: number
}

/** Reads a pattern, or says what is wrong with it. Its size is estimated before anything is compiled. */
export function readPattern(text: string): Pattern | { readonly error: string } {
  if (text.length > longestPattern) return { error: `is a pattern of more than ${longestPattern} characters` }
  // Each optional repeat of `x{0,9}` adds an instruction, and the estimate does not see what the compiler merges.
  if (estimateSize(text) > 4 * mostInstructions) return { error: tooLarge }
  try {
    const made = RE2JS.compile(text, RE2JS.MULTILINE)
    const pattern = { text, size: made.programSize() }
    compiled.set(pattern, new WeakRef(made))
    return pattern.size > mostInstructions ? { error: tooLarge } : pattern
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    return { error: `is not a pattern in RE2 syntax: ${words}` }
  }
}

const tooLarge = `is too large a pattern: what it repeats comes to more than ${mostInstructions} instructions`

/**
 * Whether a pattern matches somewhere in a file; null if finding out would take too long. The host gives the same object for an
 * unchanged file, so results are cached by it.
 */
export function findIn(pattern: Pattern, file: FileText): boolean | null {
  const known = results.get(file) ?? new WeakMap<Pattern, boolean | null>()
  results.set(file, known)
  const result = known.get(pattern)
  if (result !== undefined) return result
  const found = isTooMuch(pattern, file) ? null : compile(pattern).matcher(file.text).find()
  known.set(pattern, found)
  return found
}

const results = new WeakMap<FileText, WeakMap<Pattern, boolean | null>>()

/** Each character takes some time, however small the pattern is: hence the 10. */
function isTooMuch({ size }: Pattern, { text }: FileText): boolean {
  return (size + 10) * text.length > mostMatching
}

function compile(pattern: Pattern): RE2JS {
  const made = compiled.get(pattern)?.deref() ?? RE2JS.compile(pattern.text, RE2JS.MULTILINE)
  compiled.set(pattern, new WeakRef(made))
  return made
}

/** Weak, so that memory pressure frees them: the classes of a small pattern may take megabytes. */
const compiled = new WeakMap<Pattern, WeakRef<RE2JS>>()
