import type { Check } from '#agent/model/check.ts'
import { bareImage, isImage } from '#agent/model/image.ts'
import { checkNeeds } from '#agent/model/needs-of.ts'
import { exitMeaning } from './exit-codes.ts'
import { shownText } from './findings.ts'
import type { Found } from './findings.ts'
import { confidences } from './hit.ts'
import type { Confidence, Hints, Hit } from './hit.ts'

/** Best first: how sure it is, what the caller knows, how much of the line the pattern fixes, how much the check is about it. */
export function rankHits(
  found: readonly Found[],
  checks: ReadonlyMap<string, Check>,
  hints: Hints,
): readonly Hit[] {
  const hinted = hintedChecks(checks, hints)
  const isKilled = exitMeaning(hints.exitCode)?.isKilled ?? false
  const ranked = joinSameLine(found).map((one) => ({
    one,
    confidence: confidenceOf(one, isKilled),
    isHinted: hinted.has(one.pointer.check ?? ''),
  }))
  return ranked
    .toSorted(
      (a, b) =>
        confidences.indexOf(a.confidence) - confidences.indexOf(b.confidence) ||
        Number(b.isHinted) - Number(a.isHinted) ||
        Number(b.one.pointer.weight >= 1000) - Number(a.one.pointer.weight >= 1000) ||
        b.one.pointer.specificity - a.one.pointer.specificity ||
        b.one.pointer.weight - a.one.pointer.weight ||
        b.one.place.line - a.one.place.line,
    )
    .map(({ one, confidence }) => hitOf(one, confidence))
}

/** A check's own pattern that names no need takes the need and the subject of what else points to the check on its line. */
function joinSameLine(found: readonly Found[]): readonly Found[] {
  const isOpen = ({ pointer }: Found) => pointer.need === null && pointer.check !== null
  const partnerOf = (one: Found) =>
    isOpen(one)
      ? found.find(
          (other) =>
            !isOpen(other) &&
            other.pointer.check === one.pointer.check &&
            other.place.line === one.place.line,
        )
      : undefined
  const taken = new Set(found.map(partnerOf))
  return found
    .filter((one) => !taken.has(one))
    .map((one) => {
      const partner = partnerOf(one)
      if (partner === undefined) return one
      const { need, subject } = partner.pointer
      const confidence = surer(partner.pointer.confidence, one.pointer.confidence)
      return {
        ...one,
        doubt: one.doubt ?? partner.doubt,
        pointer: { ...one.pointer, need, subject, confidence },
      }
    })
}

function surer(a: Confidence, b: Confidence): Confidence {
  return confidences.indexOf(a) < confidences.indexOf(b) ? a : b
}

/** A process that was ended from outside did not end because of what it said. */
function confidenceOf({ pointer, doubt }: Found, isKilled: boolean): Confidence {
  return doubt !== null || isKilled ? 'possible' : pointer.confidence
}

function hitOf(found: Found, confidence: Confidence): Hit {
  const { pointer, place, times, doubt } = found
  const { line } = place
  const text = shownText(place)
  const { check, need, means, source, subject } = pointer
  return { check, need, means, source, line, text, times, subject, confidence, doubt }
}

/** The checks that the hints name, and all that they include. */
function hintedChecks(checks: ReadonlyMap<string, Check>, hints: Hints): ReadonlySet<string> {
  const words = [hints.component, hints.namespace].flatMap((hint) => wordsOf(hint ?? ''))
  const image = hints.image ?? ''
  const named = [...checks.values()].filter((check) => isNamed(check, words) || isOfImage(check, image))
  const found = new Set(named.map(({ name }) => name))
  for (const name of found)
    for (const need of checkNeeds(checks.get(name)?.needs ?? [])) found.add(need.check)
  return found
}

/** "longhorn-manager" → the whole, and its beginnings: "longhorn-manager", "longhorn". */
function wordsOf(hint: string): readonly string[] {
  const parts = hint.toLowerCase().split(/[-_.]/)
  return parts.map((_, index) => parts.slice(0, index + 1).join('-')).filter((word) => word.length > 2)
}

/** Words that are in the names of too many workloads to tell one. */
const vague = [
  'csi',
  'node',
  'kube',
  'driver',
  'controller',
  'operator',
  'system',
  'server',
  'agent',
  'manager',
]

function isNamed({ name, aliases }: Check, words: readonly string[]): boolean {
  const parts = name.split('-').filter((part) => !vague.includes(part))
  return [name, ...aliases, ...parts].some((one) => words.includes(one))
}

function isOfImage({ name, images }: Check, image: string): boolean {
  if (image === '') return false
  const last = bareImage(image).replace(/^.*\//, '')
  return images.some((one) => isImage(image, one)) || wordsOf(last).includes(name)
}
