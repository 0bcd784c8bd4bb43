import { CST, Lexer } from 'yaml'
import { deepestDocument, longestText, mostTokens } from '#agent/model/bounds.ts'

/** Why a text must not be parsed, and where. */
interface Refusal {
  /** From 1. */
  readonly line: number
  readonly message: string
}

export const tooDeep = `is nested more than ${deepestDocument} deep`

/**
 * Scans a text token by token before it is parsed, in linear time and almost no memory: a parsed token takes hundreds of
 * bytes, and the parser recurses for each level. null when it may be parsed.
 */
export function refuseYaml(text: string): Refusal | null {
  const place = new Place()
  let count = 0
  for (const token of new Lexer().lex(text)) {
    const { line } = place
    place.pass(token)
    count += weightOf(token)
    if (count > mostTokens) return { line, message: tooLong }
    if (token.length > longestToken && !token.startsWith('#')) return { line, message: tooLongText }
    if (place.depth > deepestDocument) return { line, message: tooDeep }
  }
  return null
}

/** Counts tokens, and stops just above the limit of a file. */
export function countTokens(text: string): number {
  let count = 0
  for (const token of new Lexer().lex(text)) {
    count += weightOf(token)
    if (count > mostTokens) break
  }
  return count
}

/** Each line of a text counts as much as a word. */
function weightOf(token: string): number {
  return Math.max(1, token.split('\n').length - 1)
}

const tooLong = `is too long: more than ${mostTokens} words, marks and lines of YAML`

/** Characters of a token; an escape has up to ten, and the indentation of a folded text is not part of its value. */
const longestToken = 10 * longestText
export const tooLongText = `is a text of more than ${longestText} characters`

/** Tracks where a token begins and how deep it is nested: by brackets, and by the columns in which blocks begin. */
class Place {
  line = 1
  #column = 0
  /** The first token of a line, or after a "-", may begin a block. */
  #isFirst = true
  #isContent = false
  /** Colons of this line, and of the entry in each bracket: the parser nests "a: b: c", allowed or not. */
  #colons = 0
  readonly #colonsInBrackets: number[] = []
  readonly #blocks: number[] = []

  get depth(): number {
    return this.#colonsInBrackets.reduce((sum, colons) => sum + Math.max(1, colons), this.#blocks.length)
  }

  pass(token: string): void {
    const type = this.#isContent ? 'content' : CST.tokenType(token)
    this.#isContent = type === 'scalar'
    if (type === 'flow-map-start' || type === 'flow-seq-start') this.#colonsInBrackets.push(0)
    else if (type === 'flow-map-end' || type === 'flow-seq-end') this.#colonsInBrackets.pop()
    else if (this.#colonsInBrackets.length > 0) this.#passInBrackets(type)
    else if (type === 'map-value-ind') this.#nest()
    else if (begins.includes(type ?? '')) this.#begin(type)
    if (!marks.includes(type ?? '')) this.#move(token)
  }

  #passInBrackets(type: string | null): void {
    const colons = this.#colonsInBrackets.pop() ?? 0
    this.#colonsInBrackets.push(type === 'comma' ? 0 : type === 'map-value-ind' ? colons + 1 : colons)
  }

  #nest(): void {
    if (this.#colons > 0) this.#blocks.push(this.#column)
    this.#colons++
  }

  #begin(type: string | null): void {
    const opens = type === 'seq-item-ind' || type === 'explicit-key-ind'
    if (opens || this.#isFirst) {
      while ((this.#blocks.at(-1) ?? -1) >= this.#column) this.#blocks.pop()
      this.#blocks.push(this.#column)
    }
    this.#isFirst = opens
  }

  #move(token: string): void {
    const lineEnd = token.lastIndexOf('\n')
    if (lineEnd === -1) {
      this.#column += token.length
      return
    }
    this.line += token.split('\n').length - 1
    this.#column = token.length - lineEnd - 1
    this.#isFirst = true
    this.#colons = 0
  }
}

/** Tokens that the lexer inserts and that have no text; a scalar's content is the token after its mark. */
const marks: readonly string[] = ['scalar', 'doc-mode', 'flow-error-end']

const begins: readonly string[] = [
  'seq-item-ind',
  'explicit-key-ind',
  'scalar',
  'single-quoted-scalar',
  'double-quoted-scalar',
]
