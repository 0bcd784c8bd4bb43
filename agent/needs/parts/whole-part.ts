import type { FileText } from '#agent/model/question.ts'
import { parseOnce } from './parse-once.ts'

/** What is left of a file that a program writes in one go, each entry with its end. */
export interface WholePart {
  /** Without an entry that has no end: half a name is another name. */
  readonly file: FileText
  /** It ends within an entry, or in zero bytes, as files do after a crash: then what is not in it may yet have been. */
  readonly isCut: boolean
}

/** Of lines. Not for what people edit: of that the last line often has no end. */
export const wholeLines = parseOnce((text): WholePart => {
  const zero = text.indexOf('\0')
  return partBefore(text, '\n', zero === -1 ? text.length : zero)
})

/** Of entries with a zero byte after each. */
export const wholeEntries = parseOnce((text): WholePart => partBefore(text, '\0', text.length))

function partBefore(text: string, end: string, length: number): WholePart {
  const last = length === 0 ? 0 : text.lastIndexOf(end, length - 1) + 1
  return { file: { text: text.slice(0, last) }, isCut: last < text.length }
}
