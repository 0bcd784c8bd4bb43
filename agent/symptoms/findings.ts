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

/** What a text points to so far, and where it said so last. */
export interface Found {
  pointer: Pointer
  place: Place
  times: number
  doubt: Hit['doubt']
  /** What a line must name to take it back; made when it is first wanted. */
  names?: readonly string[]
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
    const { check, need, subject, means } = pointer
    const key = check === null ? `${subject?.kind} ${subject?.name}` : `${check}\n${need ?? means}`
    const known = this.#found.get(key)
    if (known === undefined) {
      if (this.#found.size < mostPointers) this.#found.set(key, { pointer, place, times: 1, doubt: null })
      return
    }
    const isBetter = pointer !== known.pointer && rankOf(pointer) > rankOf(known.pointer)
    const other = isBetter ? known.pointer : pointer
    if (isBetter) {
      known.pointer = pointer
      delete known.names
    }
    if (known.pointer.subject === null && other.subject !== null) {
      known.pointer = { ...known.pointer, subject: other.subject }
      delete known.names
    }
    const isSameLine = known.place.line === place.line
    if (!isSameLine) known.times++
    if (!isSameLine || isBetter) known.place = place
    known.doubt = null
  }
}

/** A check's own pattern says more than one that many projects print. */
function rankOf({ confidence, weight, specificity }: Pointer): number {
  const sure = confidence === 'certain' ? 100 : confidence === 'likely' ? 50 : 0
  return (weight >= 1000 ? 1000 : 0) + sure + specificity
}

/** The part of a line that matched, with what is around it, as one harmless line. */
export function shownText({ text, from }: Pick<Place, 'text' | 'from'>): string {
  const start = text.length <= longestText ? 0 : Math.max(0, Math.min(from - 60, text.length - longestText))
  const part = plainText(text.slice(start, start + longestText + 100))
  const line = `${start > 0 ? '…' : ''}${part}`
  return line.length > longestText
    ? `${line.slice(0, longestText - 1).replace(/[\ud800-\udbff]$/, '')}…`
    : line
}
