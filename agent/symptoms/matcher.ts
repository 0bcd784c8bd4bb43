import { RE2JS } from 're2js'
import type { Check, Symptom } from '#agent/model/check.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { Hints, Hit } from './hit.ts'

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

interface Entry {
  readonly check: string
  readonly symptom: Symptom
  readonly pattern: RE2JS
}

/** Custom checks' symptoms are taken too, so pass only the checks whose symptoms may be matched with this text. */
export function createMatcher(checks: Iterable<Check>): Matcher {
  const entries = [...checks].flatMap(({ name, symptoms }) =>
    symptoms.map((symptom) => ({
      check: name,
      symptom,
      pattern: RE2JS.compile(symptom.log, RE2JS.MULTILINE),
    })),
  )
  const open = (): Matching => {
    const hits = new Map<Entry, Hit>()
    const decoder = new TextDecoder()
    let line = 1
    let rest = ''
    const read = (text: string) => {
      for (const entry of entries) if (entry.pattern.matcher(text).find()) addHit(hits, entry, { line, text })
      line++
    }
    return {
      push(chunk) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
        rest = lines.pop() ?? ''
        for (const text of lines) read(text)
      },
      end() {
        if (rest !== '') read(rest)
        return [...hits.values()].toSorted((a, b) => b.text.length - a.text.length)
      },
    }
  }
  return {
    open,
    match(bytes) {
      const matching = open()
      matching.push(bytes)
      return matching.end()
    },
  }
}

function addHit(hits: Map<Entry, Hit>, entry: Entry, at: { line: number; text: string }): void {
  const { check, symptom } = entry
  hits.set(entry, {
    check,
    need: symptom.need,
    means: symptom.means,
    source: symptom.source,
    line: at.line,
    text: plainLine(at.text).slice(0, 300),
    times: (hits.get(entry)?.times ?? 0) + 1,
    subject: null,
    confidence: 'likely',
    doubt: null,
  })
}
