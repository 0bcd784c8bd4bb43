import type { Check } from '#agent/model/check.ts'
import type { FixByDistro } from '#agent/model/fix.ts'
import type { Need, SourcePlace } from '#agent/model/need.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'

/** Finds whys and notes that are not sentences: a tired administrator reads each of them out of context. */
export function unclearWords(check: Check): Mistake[] {
  const [first] = check.needs
  if (first === undefined) return []
  const top = { file: first.place.file, line: 1 }
  return [
    ...unclear(top, 'the why of the check', check.why),
    ...unclearNotes(top, 'the check', check.fix),
    ...check.needs.flatMap(ofNeed),
  ]
}

function ofNeed(need: Need): Mistake[] {
  return [
    ...(need.why === null ? [] : unclear(need.place, `the why of ${need.id}`, need.why)),
    ...unclearNotes(need.place, need.id, need.fix),
    ...(need.type === 'anyOf' ? need.needs.flatMap(ofNeed) : []),
  ]
}

function unclearNotes(place: SourcePlace, whose: string, fix: FixByDistro | null): Mistake[] {
  return Object.entries(fix ?? {}).flatMap(([distro, { note }]) =>
    note === undefined ? [] : unclear(place, `the note for ${distro} of ${whose}`, note),
  )
}

function unclear(place: SourcePlace, what: string, text: string): Mistake[] {
  if (isSentence(text)) return []
  return [{ ...place, path: '', message: `${what} is not a sentence: "${text}"` }]
}

/** A sentence has two words or more and ends with a full stop, except after an address or a command, which people copy. */
function isSentence(text: string): boolean {
  const isClosed = /[.!?]\)?$/.test(text) || / https?:\S+$/.test(text) || /: \S.*[^.]$/.test(text)
  return /\S\s+\S/.test(text) && isClosed
}
