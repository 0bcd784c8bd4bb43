import { plainText } from '#agent/model/plain.ts'
import type { Hit } from './hit.ts'
import type { Pointer } from './patterns.ts'

/** UTF-16 units of a line that is shown. */
const longestText = 300

/** Different things that one text may point to; a log of a hostile program may name a million. */
const mostPointers = 500

/** Where a pointer was found. */
export interface Place {
  readonly line: number
  readonly text: string
  /** Where in the text the match begins. */
  readonly from: number
}

/** What a text points to so far. */
export interface Found {
  readonly pointer: Pointer
  line: number
  text: string
  times: number
  doubt: Hit['doubt']
}

/** Collects what is found, each thing once, with the last line that says so. */
export class Findings {
  readonly #found = new Map<string, Found>()

  get all(): readonly Found[] {
    return [...this.#found.values()]
  }

  get isEmpty(): boolean {
    return this.#found.size === 0
  }

  /** A better pointer to the same need takes the place of a worse one. */
  add(pointer: Pointer, place: Place): void {
    const { check, need, subject } = pointer
    const key =
      check === null ? `${subject?.kind ?? ''} ${subject?.name ?? ''}` : `${check}\n${need ?? pointer.means}`
    const known = this.#found.get(key)
    if (known === undefined && this.#found.size >= mostPointers) return
    const isSameLine = known?.line === place.line
    const isBetter =
      known === undefined ||
      pointer.specificity + rankOf(pointer) > known.pointer.specificity + rankOf(known.pointer)
    this.#found.set(key, {
      pointer: isBetter
        ? { ...pointer, subject: subject ?? known?.pointer.subject ?? null }
        : { ...known.pointer, subject: known.pointer.subject ?? subject },
      line: place.line,
      text: isSameLine && !isBetter ? known.text : shown(place),
      times: (known?.times ?? 0) + (isSameLine ? 0 : 1),
      doubt: null,
    })
  }
}

/** A check's own pattern says more than one that many projects print. */
function rankOf({ confidence, weight }: Pointer): number {
  return (weight >= 1000 ? 1000 : 0) + (confidence === 'certain' ? 100 : confidence === 'likely' ? 50 : 0)
}

/** The part of a line that matched, with what is around it, as one harmless line. */
function shown({ text, from }: Place): string {
  const start = text.length <= longestText ? 0 : Math.max(0, Math.min(from - 60, text.length - longestText))
  const part = plainText(text.slice(start, start + longestText + 100))
  const line = `${start > 0 ? '…' : ''}${part}`
  return line.length > longestText
    ? `${line.slice(0, longestText - 1).replace(/[\ud800-\udbff]$/, '')}…`
    : line
}
