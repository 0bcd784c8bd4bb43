import type { Check } from '#agent/model/check.ts'
import { needsAgainst } from '#agent/model/conflict.ts'
import type { CheckNeed } from '#agent/model/need.ts'
import { checkNeeds, conflictsOf } from '#agent/model/needs-of.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { includedBy } from './include.ts'
import { walk } from './walk.ts'

type Catalog = ReadonlyMap<string, Check>

/**
 * Finds checks that cannot be judged before themselves, though none includes itself: a check with a conflict is judged by the needs of
 * the other one that want the opposite, and so by what these include.
 */
export function conflictRings(catalog: Catalog): Mistake[] {
  const leadsTo = (name: string) => [
    ...includedBy(name, catalog),
    ...includedAgainst(name, catalog).map(({ check }) => check),
  ]
  return walk(catalog.keys(), leadsTo).rings.flatMap((ring) => ringMistake(ring, catalog))
}

/** In the file of the need that a check is judged by, at the first such need of the ring; none in a ring of includes alone. */
function ringMistake(ring: readonly string[], catalog: Catalog): Mistake[] {
  const found = ring
    .map((name, at) => ({ name, next: ring[(at + 1) % ring.length] ?? name }))
    .flatMap(({ name, next }) => {
      const need = includedAgainst(name, catalog).find(({ check }) => check === next)
      return need === undefined ? [] : [{ name, next, place: need.place }]
    })
  return found.slice(0, 1).map(({ name, next, place: { file, line } }) => {
    const before = name === next ? '' : `, and ${next} cannot be judged before ${name}`
    return {
      file,
      line,
      path: '',
      message: `includes ${next} in a need that conflicts with ${name}${before}`,
    }
  })
}

/** What needs against this check include, of all checks that it conflicts with. */
function includedAgainst(name: string, catalog: Catalog): readonly CheckNeed[] {
  return conflictsOf(catalog.get(name)?.needs ?? []).flatMap((other) =>
    needsAgainst(catalog.get(other)?.needs ?? [], name)
      .flatMap((need) => checkNeeds([need]))
      .filter(({ check }) => catalog.has(check)),
  )
}
