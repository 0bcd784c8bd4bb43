import type { Check } from '#agent/model/check.ts'
import { exitMeaning } from './exit-codes.ts'
import { shownText } from './findings.ts'
import type { Found } from './findings.ts'
import { confidences } from './hit.ts'
import type { Hints } from '#agent/model/explanation.ts'
import type { Confidence, Hit } from './hit.ts'
import { hintedChecks } from './hinted-checks.ts'

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
