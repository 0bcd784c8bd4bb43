import { wordsOf } from '#agent/model/failed.ts'
import type { Failed } from '#agent/model/failed.ts'
import type { Need } from '#agent/model/need.ts'
import { plainLine, plainLines } from '#agent/model/plain.ts'

/** One of our own bugs: it may quote what the host said, and is harmless all the same. */
export interface Failure {
  /** "binary:iscsiadm" with the place of its line; "the host" for what is of no need's own. */
  readonly at: string
  readonly why: string
  readonly stack: string
}

/** Different bugs that are told of one process. */
const most = 1000

/** Tells of each need once, not again with each round. */
export function createFailureLog(tell: (failure: Failure) => void): Failed {
  const told = new Set<string>()
  return (error, need) => {
    const at = need === null ? 'the host' : `${need.id} (${placeOf(need)})`
    if (told.has(at) || told.size >= most) return
    told.add(at)
    const stack = error instanceof Error ? (error.stack ?? '') : ''
    tell({ at: plainLine(at), why: plainLine(wordsOf(error)), stack: plainLines(stack) })
  }
}

function placeOf({ place: { file, line } }: Need): string {
  return `${file}:${line}`
}
