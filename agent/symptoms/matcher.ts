import type { Check } from '#agent/model/check.ts'
import type { Hints } from '#agent/model/explanation.ts'
import type { Hit } from './hit.ts'
import { LineReader, vocabularyOf } from './line-reader.ts'
import { prepareScan } from '#agent/symptoms/scan/line-scanner.ts'
import { compilePatterns } from './patterns.ts'
import { rankHits } from './rank.ts'

/** Finds the lines of a log that point to a need. It never throws, whatever the bytes are. */
export interface Matcher {
  /** A whole text at once, such as the end of a crashed container's log: best first. */
  match(bytes: Uint8Array, hints?: Hints): readonly Hit[]
  /** The same of a text that comes in pieces; memory does not grow with its length. */
  open(hints?: Hints): Matching
}

/** One text that is being read. */
export interface Matching {
  push(chunk: Uint8Array): void
  /** Best first. */
  end(): readonly Hit[]
}

/**
 * Looks for the literals of all patterns at once, and asks a pattern only about the lines that hold one of its own. Custom checks'
 * symptoms are taken too, so pass only the checks whose symptoms may be matched with this text.
 */
export function createMatcher(checks: Iterable<Check>): Matcher {
  const byName = new Map([...checks].map((check) => [check.name, check]))
  const vocabulary = vocabularyOf(compilePatterns([...byName.values()]))
  const scanning = prepareScan(vocabulary.texts)
  const open = (hints: Hints = {}): Matching => {
    const reader = new LineReader(scanning, vocabulary)
    const scanner = scanning.open(
      (line) => reader.read(line),
      () => reader.wantsAll,
    )
    return {
      push: (chunk) => scanner.push(chunk),
      end() {
        scanner.end()
        reader.end()
        return rankHits(reader.findings.all, byName, hints)
      },
    }
  }
  return {
    open,
    match(bytes, hints) {
      const matching = open(hints)
      matching.push(bytes)
      return matching.end()
    },
  }
}
