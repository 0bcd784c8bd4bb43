import type { CheckNeed, Need } from './need.ts'

/** The needs, including those in anyOf. */
export function allNeeds(needs: readonly Need[]): readonly Need[] {
  return needs.flatMap((need) => (need.type === 'anyOf' ? [need, ...allNeeds(need.needs)] : [need]))
}

/** The needs that include another check, also in anyOf. */
export function checkNeeds(needs: readonly Need[]): readonly CheckNeed[] {
  return allNeeds(needs).filter((need) => need.type === 'check')
}
