import { nameOpponent } from '#agent/model/conflict.ts'
import type { Opponent } from '#agent/model/conflict.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import type { FixCandidate, FixText } from '#agent/model/fix-candidate.ts'
import { fixInContainer, sharesKernel } from './container.ts'
import { withoutChoice } from './choices.ts'
import { isWhollyImage } from './families.ts'
import { fixSteps } from './fix-steps.ts'
import type { FixStep } from './fix-steps.ts'
import { fixOfImage } from './image.ts'
import { mergeFixes } from './merge-fixes.ts'
import { chooseFix, renderFix } from './render-fix.ts'

/**
 * The fixes of several findings as one text for this host: lines for a root shell; null when there is none.
 *
 * @param ofSeveral the findings are those of several checks
 */
export const fixText: FixText = (candidates, facts, ofSeveral = false) => {
  const fix = mergeCandidates(candidates, facts, { ofSeveral, isNamed: true })
  return fix === null ? null : renderFix(fix, facts)
}

export interface MergeOptions {
  /** The candidates are those of several checks. */
  readonly ofSeveral: boolean
  /** Somebody named the checks: what switches something off is run too. */
  readonly isNamed: boolean
}

/** The same as steps: what a script runs. */
export function stepsOf(
  candidates: readonly FixCandidate[],
  facts: FixFacts,
  options: MergeOptions,
): readonly FixStep[] {
  const fix = mergeCandidates(candidates, facts, options)
  return fix === null ? [] : fixSteps(fix, facts)
}

/** What they come to on this host; null when nothing is known. */
export function mergeCandidates(
  candidates: readonly FixCandidate[],
  facts: FixFacts,
  { ofSeveral, isNamed }: MergeOptions,
): Fix | null {
  const fixes = chooseAll(candidates, facts).map((fix) => (isNamed ? fix : withoutChoice(fix)))
  return fixes.length === 0 ? null : mergeFixes(fixes, ofSeveral)
}

function chooseAll(candidates: readonly FixCandidate[], facts: FixFacts): readonly Fix[] {
  return candidates.flatMap((candidate) => chooseCandidate(candidate, facts) ?? [])
}

function chooseCandidate(candidate: FixCandidate, facts: FixFacts): Fix | null {
  const chosen = chooseOne(candidate, facts)
  const fix = chosen === null ? null : fitPlace({ ...chosen, mayWait: candidate.isRecommended }, facts)
  const [first] = candidate.opponents
  if (first === undefined) return fix
  const notes = candidate.opponents.map(adviseOf)
  if (first.standing === 'met')
    return { ...fix, note: [...notes, ...(fix?.note ? [fix.note] : [])].join('\n') }
  const lines = first.standing === 'published' ? [] : onlyWhere(candidate.opponents, fix, facts)
  return { note: [...notes, ...lines].join('\n') }
}

/** The fix of the very reason wins, but on an image-based system only what was written for it can be done. */
function chooseOne(candidate: FixCandidate, facts: FixFacts): Fix | null {
  const written = candidate.others.map((fix) => chooseFix(fix, facts)).find((fix) => fix !== null) ?? null
  const chosen = isWhollyImage(facts) ? written : (candidate.exact ?? written)
  if (chosen?.sysctls === undefined) return chosen
  // Whoever writes the value, what would undo it is the host's.
  const undoneBy = candidate.others.flatMap((fix) => Object.values(fix)).flatMap((fix) => fix.undoneBy ?? [])
  return undoneBy.length === 0 ? chosen : { ...chosen, undoneBy }
}

/** What another machine, or the builder of the image, has to do becomes a note. */
function fitPlace(fix: Fix, facts: FixFacts): Fix {
  if (sharesKernel(facts)) return fixInContainer(fix, facts)
  return facts.installer === 'image' ? fixOfImage(fix, facts) : fix
}

const standings = {
  published: 'wants the opposite on this node, so no command is given.',
  'in-use': 'wants the opposite, and is ready on this node.',
  met: 'wants the opposite.',
} as const satisfies Record<Opponent['standing'], string>

function adviseOf(opponent: Opponent): string {
  return `${nameOpponent(opponent)} ${standings[opponent.standing]} ${opponent.advice}`
}

/** What may be a distribution's default and no more is told as a note: whoever pastes the text stops nothing in use. */
function onlyWhere(opponents: readonly Opponent[], fix: Fix | null, facts: FixFacts): readonly string[] {
  const commands = fix === null ? null : renderFix({ ...fix, note: undefined }, facts)
  const lines = (commands ?? fix?.note ?? null)?.split('\n') ?? []
  const names = opponents.map(({ check }) => check).join(' or ')
  const condition = lines.length === 0 ? [] : [`Only where nothing on this node needs ${names}:`]
  return [...condition, ...lines.map((line) => line.replace(/^# /, ''))]
}
