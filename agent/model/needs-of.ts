import type { Check } from './check.ts'
import type { CheckNeed, Need } from './need.ts'

/** The needs, including those in anyOf. */
export function allNeeds(needs: readonly Need[]): readonly Need[] {
  return needs.flatMap((need) => (need.type === 'anyOf' ? [need, ...allNeeds(need.needs)] : [need]))
}

/** The needs that include another check, also in anyOf. */
export function checkNeeds(needs: readonly Need[]): readonly CheckNeed[] {
  return allNeeds(needs).filter((need) => need.type === 'check')
}

/** Where the facts of a check and of its needs are from, each once. Every round tells it, so it is kept with the check. */
export function sourcesOf(check: Pick<Check, 'sources' | 'needs'>): readonly string[] {
  const known = knownSources.get(check) ?? collectSources(check)
  knownSources.set(check, known)
  return known
}

const knownSources = new WeakMap<object, readonly string[]>()

function collectSources({ sources, needs }: Pick<Check, 'sources' | 'needs'>): readonly string[] {
  return [...new Set([...sources, ...allNeeds(needs).flatMap(({ source }) => source ?? [])])]
}

/** The checks that a check itself requires on every host. */
export function requiredChecks({ needs }: Check): readonly string[] {
  return needs.flatMap((need) =>
    need.type === 'check' && !need.recommended && Object.keys(need.when).length === 0 ? [need.check] : [],
  )
}
