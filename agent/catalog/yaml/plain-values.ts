import { deepestDocument, longestText, mostMistakes, mostValues } from '#agent/model/bounds.ts'
import { unprintable } from '#agent/model/plain.ts'
import { tooDeep, tooLongText } from './yaml-scan.ts'
import type { Path } from './yaml-tree.ts'

/** A fault of a value, whatever its purpose. */
interface ValueFault {
  readonly path: Path
  readonly message: string
}

/**
 * Walks all values of a file, as often as aliases repeat them. Refuses more than a process can hold, nesting deeper than it
 * can recurse, texts beyond the limit, and characters that nobody sees: they make a command look like another one, change
 * the writing direction, or begin a terminal's escape sequence.
 */
export function valueFaults(value: unknown): readonly ValueFault[] {
  const faults: ValueFault[] = []
  let left = mostValues
  const visit = (one: unknown, path: Path): void => {
    left--
    if (left < 0 || faults.length > mostMistakes) return
    if (typeof one === 'string') faults.push(...textFaults(one, path))
    if (typeof one !== 'object' || one === null) return
    if (path.length >= deepestDocument) return void faults.push({ path, message: tooDeep })
    for (const [key, inner] of entriesOf(one)) {
      if (typeof key === 'string') visit(key, [...path, key])
      visit(inner, [...path, key])
    }
  }
  visit(value, [])
  if (left < 0) faults.unshift({ path: [], message: `has more than ${mostValues} values` })
  return faults
}

function entriesOf(value: object): Iterable<[string | number, unknown]> {
  return Array.isArray(value) ? value.entries() : Object.entries(value)
}

const unseen = new RegExp(`[${unprintable}]`, 'u')

function textFaults(text: string, path: Path): ValueFault[] {
  if (text.length > longestText) return [{ path, message: tooLongText }]
  const [found] = unseen.exec(text) ?? []
  if (found === undefined) return []
  const message = found === '\n' ? lineBreak : `contains ${nameOf(found)}, an invisible character`
  return [{ path, message }]
}

const lineBreak = 'contains a line break (U+000A); write it in one line, and several commands as a list'

/** U+202E */
function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
