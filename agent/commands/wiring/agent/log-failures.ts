import { wordsOf } from '#agent/model/failed.ts'
import type { Failed } from '#agent/model/failed.ts'
import type { Need } from '#agent/model/need.ts'
import { plainLine, plainLines } from '#agent/model/plain.ts'

/** One of our own bugs, as harmless text: it may quote the host. */
export interface Failure {
  /** "binary:iscsiadm" with its file and line; "the host" for a bug outside of any need. */
  readonly at: string
  readonly why: string
  readonly stack: string
}

/** Different bugs that one process reports. */
const most = 1000

/** Reports each need once, not again in each round. */
export function createFailureLog(report: (failure: Failure) => void): Failed {
  const reported = new Set<string>()
  return (error, need) => {
    const at = need === null ? 'the host' : `${need.id} (${placeOf(need)})`
    if (reported.has(at) || reported.size >= most) return
    reported.add(at)
    const stack = error instanceof Error ? (error.stack ?? '') : ''
    report({ at: plainLine(at), why: plainLine(wordsOf(error)), stack: plainLines(stack) })
  }
}

function placeOf({ place: { file, line } }: Need): string {
  return `${file}:${line}`
}
