import { buildAutomaton } from './automaton.ts'
import type { Automaton } from './automaton.ts'

/** Bytes that are looked at together. A longer line is cut into pieces. */
const windowSize = 64 * 1024

/** Bytes that two pieces of a line share, so that what stands where it was cut is in one of them. */
const overlap = 2 * 1024

/** Bytes between two places of one text in one line that are both told. */
const apart = 2 * 1024

/** A line, or a piece of one, with the texts that were found in it. */
export interface ScannedLine {
  readonly bytes: Buffer
  /** The first is 1. */
  readonly number: number
  readonly found: readonly Place[]
  /** It goes on after this piece, or it is the last and no line break ends it. */
  readonly isOpen: boolean
}

export interface Place {
  /** The text's number. */
  readonly text: number
  /** Where in the line it ends, bytes. */
  readonly end: number
}

export interface LineScanner {
  push(chunk: Uint8Array): void
  end(): void
}

/** The texts that were found in some bytes by themselves. */
export type Finder = (bytes: Uint8Array) => readonly number[]

/** Looks for texts in the lines of bytes that come in chunks: its memory is one window. */
export interface LineScanning {
  readonly find: Finder
  /** `onLine` gets each line in which a text was found, and every line while `wantsAll` says so; its bytes last until it returns. */
  open(onLine: (line: ScannedLine) => void, wantsAll: () => boolean): LineScanner
}

/** @param texts in lower case, ASCII, none empty */
export function prepareScan(texts: readonly string[]): LineScanning {
  const automaton = buildAutomaton(texts)
  return {
    find: (bytes) => findAll(automaton, bytes),
    open: (onLine, wantsAll) => new Scanner(automaton, texts.length, { onLine, wantsAll }),
  }
}

function findAll(
  { columns, steps, shift, firstEvent, ends }: Automaton,
  bytes: Uint8Array,
): readonly number[] {
  const found = new Set<number>()
  let state = 0
  for (let at = 0; at < bytes.length; at++) {
    state = steps[(state << shift) | (columns[bytes[at] as number] as number)] as number
    if (state > firstEvent) for (const text of ends[state - firstEvent] ?? []) found.add(text)
  }
  return [...found]
}

interface Listener {
  readonly onLine: (line: ScannedLine) => void
  readonly wantsAll: () => boolean
}

class Scanner implements LineScanner {
  readonly #automaton: Automaton
  readonly #listener: Listener
  readonly #window = Buffer.allocUnsafeSlow(windowSize)
  #filled = 0
  #number = 1
  /** By text: the line in which it was found last, and where. */
  readonly #lastLine: Float64Array
  readonly #lastEnd: Float64Array
  #found: Place[] = []

  constructor(automaton: Automaton, texts: number, listener: Listener) {
    this.#automaton = automaton
    this.#listener = listener
    this.#lastLine = new Float64Array(texts)
    this.#lastEnd = new Float64Array(texts)
  }

  push(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + windowSize - this.#filled)
      this.#window.set(part, this.#filled)
      this.#filled += part.length
      from += part.length
      if (this.#filled === windowSize) this.#empty()
    }
  }

  end(): void {
    const rest = this.#scan(this.#filled)
    if (rest < this.#filled) this.#tell(rest, this.#filled, true)
    this.#filled = 0
  }

  /** Scans the whole lines of the window and keeps what follows them; of a line without an end, a piece of the window's size. */
  #empty(): void {
    const last = this.#window.lastIndexOf(10)
    if (last >= 0) return this.#keepFrom(this.#scan(last + 1))
    this.#scan(windowSize)
    this.#tell(0, windowSize, true)
    this.#lastLine.fill(0)
    this.#keepFrom(windowSize - overlap)
  }

  #keepFrom(from: number): void {
    this.#window.copyWithin(0, from, this.#filled)
    this.#filled -= from
  }

  /** Tells of the lines up to `to`; returns where the line begins that has no end there. */
  #scan(to: number): number {
    const { columns, steps, shift, firstEvent } = this.#automaton
    const bytes = this.#window
    let [state, start] = [0, 0]
    for (let at = 0; at < to; at++) {
      state = steps[(state << shift) | (columns[bytes[at] as number] as number)] as number
      if (state < firstEvent) continue
      if (state > firstEvent) this.#mark(state, at + 1 - start)
      else {
        if (this.#found.length > 0 || this.#listener.wantsAll()) this.#tell(start, at, false)
        this.#number++
        start = at + 1
      }
    }
    return start
  }

  #mark(state: number, end: number): void {
    for (const text of this.#automaton.ends[state - this.#automaton.firstEvent] ?? []) {
      if (this.#lastLine[text] === this.#number && end - (this.#lastEnd[text] ?? 0) < apart) continue
      this.#lastLine[text] = this.#number
      this.#lastEnd[text] = end
      this.#found.push({ text, end })
    }
  }

  #tell(start: number, end: number, isOpen: boolean): void {
    const found = this.#found
    this.#found = []
    if (found.length === 0 && !this.#listener.wantsAll()) return
    this.#listener.onLine({ bytes: this.#window.subarray(start, end), number: this.#number, found, isOpen })
  }
}
