import type { Check } from '#agent/model/check.ts'
import type { FixByDistro } from '#agent/model/fix.ts'
import type { Need, SourcePlace } from '#agent/model/need.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'

/** Whys and notes that are no sentences: a tired administrator reads them, and each by itself. */
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
  return [{ ...place, path: '', message: `${what} is no sentence: "${text}"` }]
}

/** At least two words and a full stop; an address or a command at its end is copied, and goes without. */
function isSentence(text: string): boolean {
  const isClosed = /[.!?]\)?$/.test(text) || / https?:\S+$/.test(text) || /: \S.*[^.]$/.test(text)
  return /\S\s+\S/.test(text) && isClosed
}
