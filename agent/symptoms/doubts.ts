import { shownText } from './findings.ts'
import type { Found } from './findings.ts'
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
  /continu(?:e|ing) without|proceeding without|is optional|not required|fall(?:ing)? back to|can be ignored|ignoring|non-fatal/i
const succeeded =
  /successfully|is installed|(?:is|module) loaded|is available|is ready|found at|version|succeeded/i
const negated = /\bnot\b|\bun(?:able|successful)|\bfail|n't\b|\bno\b|\bcannot\b/i

/** Lines between a complaint and the words that take it back, when these do not name what it is about. */
const near = 2

/** Says whether a line takes back what an earlier one pointed to: it names the same thing and says that it works or is optional. */
export function castDoubt(
  found: Found,
  { line, text }: { readonly line: number; readonly text: string },
): void {
  if (line < found.place.line) return
  const isNamed = namesOf(found.pointer).some((name) => text.toLowerCase().includes(name))
  const isNear = line - found.place.line <= near
  const isTolerated = tolerated.test(text) && (isNamed || isNear)
  const isFine = isNamed && line > found.place.line && succeeded.test(text) && !negated.test(text)
  if (isTolerated || isFine) found.doubt = { line, text: shownText({ text, from: 0 }) }
}

/** What the line named, or else what its need is about: "unit:iscsid.service|iscsid.socket" → iscsid. */
function namesOf({ subject, need }: Pointer): readonly string[] {
  const names = subject === null ? (need ?? '').replace(/^[^:]*:/, '').split(/[|:@]/) : [subject.name]
  const words = names.map((name) => name.replace(/^.*\/|\.(?:service|socket)$/g, '').toLowerCase())
  return [...new Set(words)].filter((word) => word.length >= 3)
}
