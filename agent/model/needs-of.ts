import type { CheckNeed, Need } from './need.ts'

/** With those that anyOf holds. */
export function allNeeds(needs: readonly Need[]): readonly Need[] {
  return needs.flatMap((need) => (need.type === 'anyOf' ? [need, ...allNeeds(need.needs)] : [need]))
}

/** Those that include another check, in anyOf too. */
export function checkNeeds(needs: readonly Need[]): readonly CheckNeed[] {
  return allNeeds(needs).filter((need) => need.type === 'check')
}
