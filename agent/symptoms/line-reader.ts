import { Doubts, doubtLiterals } from './doubts.ts'
import { Findings } from './findings.ts'
import type { LineScanning, ScannedLine } from '#agent/symptoms/scan/line-scanner.ts'
import type { LinePattern, Pointer } from './patterns.ts'
import { looksCut } from '#agent/symptoms/literals/truncated.ts'
import { unwrapLine } from '#agent/symptoms/unwrap/unwrap.ts'
import type { Message } from '#agent/symptoms/unwrap/unwrap.ts'

/** Bytes of a line that is unwrapped as a whole; of a longer one what is around each literal. */
const longestWhole = 16 * 1024

/** Bytes around a literal in a longer line. */
const around = 1024

/** UTF-16 units of a line that a runtime cut and that is joined again; 64 KiB is what is read of a whole crash log. */
const longestJoined = 64 * 1024

/** Lines that may belong to a message that began before them. */
const mostLines = 3

/** Messages that wait for their next lines. */
const mostWaiting = 20

/** Bytes after which a line has to be unwrapped before it is scanned: escape sequences, parts of a line, text as numbers. */
const markLiterals: readonly string[] = [
  '\u001b',
  String.raw`\u001b`,
  ' stdout p ',
  ' stderr p ',
  '"message":[',
  '"message" : [',
]

/** The literals of all patterns in a row, each with the pattern that it is of; then those of marks and of doubts. */
export interface Vocabulary {
  readonly texts: readonly string[]
  readonly patternOf: readonly (LinePattern | undefined)[]
  readonly firstMark: number
  readonly firstDoubt: number
}

export function vocabularyOf(patterns: readonly LinePattern[]): Vocabulary {
  const literals = patterns.flatMap((pattern) => pattern.literals.map((text) => ({ text, pattern })))
  const firstDoubt = literals.length + markLiterals.length
  return {
    texts: [...literals.map(({ text }) => text), ...markLiterals, ...doubtLiterals],
    patternOf: literals.map(({ pattern }) => pattern),
    firstMark: literals.length,
    firstDoubt,
  }
}

/** A message of which a pattern's literal is known, and whose next lines may complete the match. */
interface Waiting {
  readonly patterns: readonly LinePattern[]
  readonly texts: readonly string[]
  readonly line: number
  left: number
  readonly width: number
}

/** Reads the lines in which literals were found, and collects what they point to. */
export class LineReader {
  readonly findings = new Findings()
  readonly #scanning: LineScanning
  readonly #vocabulary: Vocabulary
  /** By stream, the parts of a line that go on. */
  readonly #parts = new Map<string, string>()
  #waiting: Waiting[] = []
  readonly #doubts = new Doubts()

  constructor(scanning: LineScanning, vocabulary: Vocabulary) {
    this.#scanning = scanning
    this.#vocabulary = vocabulary
  }

  get wantsAll(): boolean {
    return this.#waiting.length > 0 || this.#parts.size > 0
  }

  read(line: ScannedLine): void {
    const { firstDoubt } = this.#vocabulary
    const isDoubtOnly = line.found.every(({ text }) => text >= firstDoubt)
    if (isDoubtOnly && this.findings.isEmpty && !this.wantsAll) return
    if (line.bytes.length > longestWhole) return this.#readLong(line)
    const text = line.bytes.toString()
    this.#readMessage({
      message: unwrapLine(text),
      raw: text,
      line,
      found: line.found.map((place) => place.text),
    })
  }

  /** What waits for more lines may have been cut off. */
  end(): void {
    for (const waiting of this.#waiting) this.#tryCut(waiting, true)
    this.#waiting = []
    for (const text of this.#parts.values()) this.#readText(text, 0)
  }

  #readLong({ bytes, number, found }: ScannedLine): void {
    const part = bytes.length < longestJoined ? unwrapLine(bytes.toString()).part : null
    if (part?.isCut) return this.#keepPart(part, number)
    for (const place of found) {
      const pattern = this.#vocabulary.patternOf[place.text]
      if (pattern === undefined) continue
      const excerpt = bytes.subarray(Math.max(0, place.end - around), place.end + around).toString()
      this.#try([pattern], [unwrapLine(excerpt).text, excerpt], number)
    }
  }

  #readMessage(read: { message: Message; raw: string; line: ScannedLine; found: readonly number[] }): void {
    const { message, raw, line } = read
    const { part } = message
    if (part?.isCut) return this.#keepPart(part, line.number)
    const before = part && this.#parts.get(part.stream)
    if (part && before !== undefined && before !== null) {
      this.#parts.delete(part.stream)
      return this.#readText(before + part.text, line.number)
    }
    const { firstMark, firstDoubt } = this.#vocabulary
    const isMarked = read.found.some((text) => text >= firstMark && text < firstDoubt)
    const found = isMarked ? [...read.found, ...this.#scanning.find(Buffer.from(message.text))] : read.found
    this.#complete(message.text, raw)
    this.#readFound(found, {
      texts: message.layers,
      width: raw.length,
      line: line.number,
      isOpen: line.isOpen,
    })
  }

  #keepPart({ stream, text }: { stream: string; text: string }, line: number): void {
    const joined = (this.#parts.get(stream) ?? '') + text
    if (joined.length <= longestJoined) this.#parts.set(stream, joined)
    else {
      this.#parts.delete(stream)
      this.#readText(joined, line)
    }
  }

  /** A text that was put together, so that its literals are not known yet. */
  #readText(text: string, line: number): void {
    const { layers } = unwrapLine(text)
    const found = this.#scanning.find(Buffer.from(layers.join('\n')))
    this.#readFound(found, { texts: layers, width: text.length, line, isOpen: false })
  }

  #readFound(
    found: readonly number[],
    {
      texts,
      width,
      line,
      isOpen,
    }: { texts: readonly string[]; width: number; line: number; isOpen: boolean },
  ): void {
    const { patternOf, firstDoubt } = this.#vocabulary
    const [message = ''] = texts
    const patterns = [...new Set(found.flatMap((text) => patternOf[text] ?? []))]
    if (found.some((text) => text >= firstDoubt)) this.#doubts.cast(this.findings, line, message)
    const open = patterns.filter((pattern) => !this.#try([pattern], texts, line))
    // Of what was broken, something is still to come.
    const broken = open.filter((pattern) => !texts.some((text) => mayMatch(pattern, text)))
    if (open.length === 0) return
    const waiting = { patterns: broken, texts, line, left: mostLines - 1, width }
    if (isOpen || looksCut(message)) this.#tryCut({ ...waiting, patterns: open }, isOpen)
    else if (broken.length > 0 && this.#waiting.length < mostWaiting) this.#waiting.push(waiting)
  }

  /** Joins a line with those that wait for it: by a line break, and by nothing where a terminal may have broken it. */
  #complete(message: string, raw: string): void {
    const going: Waiting[] = []
    for (const { patterns, texts, left, width, line } of this.#waiting) {
      const isWrapped = width >= 60 && raw.trim() === message.trim()
      const [text = ''] = texts
      const joined = [
        `${text}\n${message}`,
        ...(isWrapped ? [`${text}${message}`, `${text} ${message.trimStart()}`] : []),
      ]
      const open = patterns.filter(
        (pattern) => !(pattern.spansLines || isWrapped) || !this.#try([pattern], joined, line),
      )
      if (open.length > 0 && left > 1)
        going.push({ line, patterns: open, texts: joined, left: left - 1, width })
    }
    this.#waiting = going
  }

  #tryCut({ patterns, texts, line }: Waiting, isEnd: boolean): void {
    if (!isEnd && !texts.some(looksCut)) return
    for (const pattern of patterns) {
      const cut = pattern.cut()
      for (const text of texts) {
        const matcher = cut?.matcher(text)
        if (!matcher?.find()) continue
        const pointers = pattern.pointers(nameIn(pattern, matcher))
        this.#add(pointers.map(lessSure), { line, text, from: matcher.start() })
        break
      }
    }
  }

  /** Whether one of the patterns matches one of the texts. */
  #try(patterns: readonly LinePattern[], texts: readonly string[], line: number): boolean {
    let isFound = false
    for (const pattern of patterns) {
      for (const text of texts) {
        if (!mayMatch(pattern, text)) continue
        const whole = pattern.whole()
        // Whether it matches is told far faster than where.
        if (!whole.test(text)) continue
        const matcher = whole.matcher(text)
        if (!matcher.find()) continue
        this.#add(pattern.pointers(nameIn(pattern, matcher)), { line, text, from: matcher.start() })
        isFound = true
        break
      }
    }
    return isFound
  }

  #add(pointers: readonly Pointer[], place: { line: number; text: string; from: number }): void {
    // A long line is not kept for its 300 units.
    const from = Math.max(0, place.from - around)
    const near = {
      line: place.line,
      text: place.text.slice(from, place.from + around),
      from: place.from - from,
    }
    for (const pointer of pointers) this.findings.add(pointer, near)
  }
}

function mayMatch({ required }: LinePattern, text: string): boolean {
  const lower = text.toLowerCase()
  return required.every((set) => set.some((one) => lower.includes(one)))
}

function nameIn({ isNamed }: LinePattern, matcher: { group(name: string): string | null }): string | null {
  return isNamed ? matcher.group('name') : null
}

function lessSure(pointer: Pointer): Pointer {
  return { ...pointer, confidence: pointer.confidence === 'certain' ? 'likely' : 'possible' }
}
