import { nameOpponent } from '#agent/model/conflict.ts'
import type { Opponent } from '#agent/model/conflict.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import type { FixCandidate } from '#agent/model/judge.ts'
import { installerOf } from './families.ts'
import { chooseFix, mergeFixes, renderFix } from './render-fix.ts'

/** The fixes of several findings as one text for this host: lines for a root shell; null when there is none. */
export function fixText(candidates: readonly FixCandidate[], facts: Facts): string | null {
  const fixes = candidates.flatMap((candidate) => chooseCandidate(candidate, facts) ?? [])
  return fixes.length === 0 ? null : renderFix(mergeFixes(fixes), facts)
}

function chooseCandidate(candidate: FixCandidate, facts: Facts): Fix | null {
  const fix = chooseOne(candidate, facts)
  const [first] = candidate.opponents
  if (first === undefined) return fix
  const notes = candidate.opponents.map(adviseOf)
  if (first.standing === 'met')
    return { ...fix, note: [...notes, ...(fix?.note ? [fix.note] : [])].join('\n') }
  const lines = first.standing === 'published' ? [] : onlyWhere(candidate.opponents, fix, facts)
  return { note: [...notes, ...lines].join('\n') }
}

/** The fix of the very reason wins, but on an image-based system only what was written for it can be done. */
function chooseOne(candidate: FixCandidate, facts: Facts): Fix | null {
  const written = candidate.others.map((fix) => chooseFix(fix, facts)).find((fix) => fix !== null) ?? null
  if (installerOf(facts.distro) === 'image') return written
  return candidate.exact ?? written
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
function onlyWhere(opponents: readonly Opponent[], fix: Fix | null, facts: Facts): readonly string[] {
  const commands = fix === null ? null : renderFix({ ...fix, note: undefined }, facts)
  const lines = (commands ?? fix?.note ?? null)?.split('\n') ?? []
  const names = opponents.map(({ check }) => check).join(' or ')
  const condition = lines.length === 0 ? [] : [`Only where nothing on this node needs ${names}:`]
  return [...condition, ...lines.map((line) => line.replace(/^# /, ''))]
}
