import type { Check } from './check.ts'
import type { CheckNeed, Need } from './need.ts'
import { onceEach } from './once-each.ts'

// A round looks at the needs of each check several times, and they stay as they are.

/** The needs, including those in anyOf. */
export const allNeeds = onceEach((needs: readonly Need[]): readonly Need[] =>
  needs.flatMap((need) => (need.type === 'anyOf' ? [need, ...allNeeds(need.needs)] : [need])),
)

/** The needs that include another check, also in anyOf. */
export const checkNeeds = onceEach((needs: readonly Need[]): readonly CheckNeed[] =>
  allNeeds(needs).filter((need) => need.type === 'check'),
)

/** The checks that needs conflict with, also in anyOf, each once. */
export const conflictsOf = onceEach((needs: readonly Need[]): readonly string[] => [
  ...new Set(allNeeds(needs).flatMap(({ conflicts }) => Object.keys(conflicts))),
])

/** Where the facts of a check and of its needs are from, each once. */
export const sourcesOf = onceEach(
  ({ sources, needs }: Pick<Check, 'sources' | 'needs'>): readonly string[] => [
    ...new Set([...sources, ...allNeeds(needs).flatMap(({ source }) => source ?? [])]),
  ],
)

/** The checks that a check itself requires on every host. */
export function requiredChecks({ needs }: Check): readonly string[] {
  return needs.flatMap((need) =>
    need.type === 'check' && !need.recommended && Object.keys(need.when).length === 0 ? [need.check] : [],
  )
}
