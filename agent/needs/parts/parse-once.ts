import type { FileText } from '#agent/model/question.ts'

/**
 * The same parse, done once for one answer. The host hands out the same value for a file that did not change, so
 * a warm round parses nothing; what is kept goes away with the answer itself.
 */
export function parseOnce<T>(parse: (text: string) => T): (value: FileText) => T {
  const known = new WeakMap<FileText, { readonly parsed: T }>()
  return (value) => {
    const entry = known.get(value) ?? { parsed: parse(value.text) }
    known.set(value, entry)
    return entry.parsed
  }
}
