import { shownText } from './findings.ts'
import type { Findings } from './findings.ts'
import type { Pointer } from './patterns.ts'

/** Literals of lines that may take back what an earlier line said. */
export const doubtLiterals: readonly string[] = [
  'continuing without',
  'continue without',
  'proceeding without',
  'is optional',
  'not required',
  'falling back to',
  'fall back to',
  'can be ignored',
  'ignoring',
  'non-fatal',
  'not fatal',
  'skipping',
  'skip plugin',
  'disabling',
  'will be disabled',
  'be unavailable',
  'not be available',
  'successfully',
  'is installed',
  'is loaded',
  'is available',
  'is ready',
  'module loaded',
  ' found at ',
  ' version ',
  'succeeded',
]

const tolerated =
  /continu(?:e|ing) without|proceeding without|is optional|not required|fall(?:ing)? back to|can be ignored|ignoring|non-fatal|not fatal|skipping|skip plugin|disabling|will be disabled|be unavailable|not be available/i
const succeeded =
  /successfully|is installed|(?:is|module) loaded|is available|is ready|found at|version|succeeded/i
const negated = /\bnot\b|\bun(?:able|successful)|\bfail|n't\b|\bno\b|\bcannot\b/i

/** Lines between a complaint and the words that take it back, when these do not name what it is about. */
const near = 2

/** Lines of a text that may take something back; each is held against all that was found. */
const mostDoubts = 1000

/** Says which findings later lines take back: they name the same thing and say that it works or is optional. */
export class Doubts {
  #left = mostDoubts

  cast(findings: Findings, line: number, text: string): void {
    if (findings.isEmpty || this.#left === 0) return
    const isTolerated = tolerated.test(text)
    const isFine = succeeded.test(text) && !negated.test(text)
    if (!isTolerated && !isFine) return
    this.#left--
    const lower = text.toLowerCase()
    for (const found of findings.all) {
      const from = found.place.line
      if (line < from || (!isTolerated && line === from)) continue
      const isNear = isTolerated && line - from <= near
      found.names ??= namesOf(found.pointer)
      if (isNear || found.names.some((name) => lower.includes(name)))
        found.doubt = { line, text: shownText({ text, from: 0 }) }
    }
  }
}

/** What the line named, or else what its need is about: "unit:iscsid.service|iscsid.socket" → iscsid. */
function namesOf({ subject, need }: Pointer): readonly string[] {
  const names = subject === null ? (need ?? '').replace(/^[^:]*:/, '').split(/[|:@]/) : [subject.name]
  const words = names.map((name) => name.replace(/^.*\/|\.(?:service|socket)$/g, '').toLowerCase())
  return [...new Set(words)].filter((word) => word.length >= 3)
}
