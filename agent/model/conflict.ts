import type { Need } from './need.ts'
import { verdict } from './reason.ts'
import type { Reason, Verdict } from './reason.ts'
import type { State } from './state.ts'

/** A check that wants the opposite of a need, on this very node. */
export interface Opponent {
  readonly check: string
  /** The published checks that are this check or include it. */
  readonly publishedBy: readonly string[]
  /** What to do if both are wanted. */
  readonly advice: string
  readonly standing: Standing
}

/**
 * How sure it is that somebody wants it. One of two opposite needs is always met, so a met need alone proves little (no auditd
 * runs where nobody ever thought of one); but something that runs may be in use.
 */
export type Standing = 'published' | 'in-use' | 'met'

/** What is known about checks that may be opponents. */
export interface OpponentView {
  publishedBy(check: string): readonly string[]
  /** The states of its needs that want the opposite; empty when it was not asked. */
  opposing(check: string): readonly State[]
}

/**
 * The opponents of a need that is missing for these reasons: the published checks, or if there is none, those whose opposite need
 * is met. A check that does not apply here opposes nothing.
 */
export function findOpponents(
  need: Need,
  reasons: readonly Reason[],
  view: OpponentView,
): readonly Opponent[] {
  const met = reasons.some((reason) => reasonsInUse.includes(reason)) ? 'in-use' : 'met'
  const all = Object.entries(need.conflicts).flatMap(([check, advice]): Opponent[] => {
    const publishedBy = view.publishedBy(check)
    const states = view.opposing(check)
    if (states.length > 0 && states.every((state) => state === 'not-applicable')) return []
    if (publishedBy.length > 0) return [{ check, advice, publishedBy, standing: 'published' }]
    return states.includes('ready') ? [{ check, advice, publishedBy, standing: met }] : []
  })
  const published = all.filter(({ standing }) => standing === 'published')
  return published.length > 0 ? published : all
}

/** Something is there that would have to go. */
const reasonsInUse: readonly Reason[] = ['UnitActive', 'FileNotWanted', 'PortHeld']

/** The finding as a conflict, if it surely is one. A pending reboot stays the reason, because a reboot undoes nothing. */
export function conflictVerdict(said: Verdict, opponents: readonly Opponent[]): Verdict {
  const [first] = opponents
  if (first === undefined || first.standing === 'met' || said.reason === 'RebootRequired') return said
  const args = { message: said.message, with: opponents.map(nameOpponent), standing: first.standing }
  return verdict('Conflict', args, { evidence: said.evidence })
}

/** "san-multipath (multipath)": the published check, and the check in it that wants the opposite. */
export function nameOpponent({ check, publishedBy }: Opponent): string {
  if (publishedBy.length === 0 || publishedBy.includes(check)) return check
  return `${publishedBy.join(', ')} (${check})`
}

/** Needs that conflict with another check, also inside anyOf. */
export function needsAgainst(needs: readonly Need[], check: string): readonly Need[] {
  return needs.flatMap((need) => {
    if (Object.hasOwn(need.conflicts, check)) return [need]
    return need.type === 'anyOf' ? needsAgainst(need.needs, check) : []
  })
}
