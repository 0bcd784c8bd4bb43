import { deepestInclude, mostCustomFindings, mostFindings } from '#agent/model/bounds.ts'
import type { Check } from '#agent/model/check.ts'
import { closure } from '#agent/model/closure.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { allNeeds, checkNeeds, conflictsOf } from '#agent/model/needs-of.ts'
import { walk } from './walk.ts'

type Catalog = ReadonlyMap<string, Check>

/** How large a check is with all that it includes. */
interface Size {
  /** Its findings, counting those of an included check each time that it is included. */
  readonly findings: number
  /** The longest chain of checks that include each other, below this one. */
  readonly depth: number
}

/**
 * Finds checks that include themselves, too much, or too deeply: a handful of small files may yield more findings than a
 * process can hold, if each includes the next one twice. In linear time.
 */
export function includeMistakes(catalog: Catalog): Mistake[] {
  const { order, rings } = walk(catalog.keys(), (name) => includedBy(name, catalog))
  const sizes = new Map<string, Size>()
  for (const name of order) sizes.set(name, measure(catalog.get(name), sizes))
  let together = 0
  const custom = order.flatMap((name) => {
    const [check, size] = [catalog.get(name), sizes.get(name)]
    if (check === undefined || size === undefined || check.origin === 'shipped') return []
    together += size.findings
    return sizeMistakes(check, size, together)
  })
  return [...rings.flatMap((ring) => ringMistake(ring, catalog)), ...custom]
}

/** The names of all checks that include one of these or conflict with it, directly or through others. */
export function includersOf(catalog: Catalog, names: readonly string[]): ReadonlySet<string> {
  const users = Map.groupBy(
    [...catalog.values()].flatMap((check) => namedBy(check).map((name) => ({ name, by: check.name }))),
    ({ name }) => name,
  )
  const usersOf = (name: string) => users.get(name)?.map(({ by }) => by) ?? []
  return closure(names.flatMap(usersOf), usersOf)
}

function namedBy({ needs }: Check): string[] {
  return [...checkNeeds(needs).map(({ check }) => check), ...conflictsOf(needs)]
}

function measure(check: Check | undefined, sizes: ReadonlyMap<string, Size>): Size {
  let findings = 0
  let depth = 0
  for (const need of allNeeds(check?.needs ?? [])) {
    const inner = need.type === 'check' ? sizes.get(need.check) : undefined
    findings += 1 + (inner?.findings ?? 0)
    if (inner !== undefined) depth = Math.max(depth, inner.depth + 1)
  }
  // Capped, since it may double with each level.
  return { findings: Math.min(findings, 10 * mostFindings), depth }
}

function sizeMistakes(check: Check, size: Size, together: number): Mistake[] {
  const file = check.needs[0]?.place.file
  const excess = excessOf(size, together)
  return excess === null || file === undefined ? [] : [{ file, line: 1, path: '', message: excess }]
}

function excessOf({ findings, depth }: Size, together: number): string | null {
  if (depth > deepestInclude) return `includes checks that include others more than ${deepestInclude} deep`
  if (findings > mostFindings)
    return `has more than ${mostFindings} needs, counting those of all checks that it includes`
  return together > mostCustomFindings
    ? `left out: all custom checks together may have at most ${mostCustomFindings} needs, counting those of the checks that they include`
    : null
}

/** A ring is reported at the check whose name sorts first. */
function ringMistake(ring: readonly string[], catalog: Catalog): Mistake[] {
  const at = ring.indexOf(ring.toSorted()[0] ?? '')
  const names = [...ring.slice(at), ...ring.slice(0, at)]
  const [first = '', second = first] = names
  const need = checkNeeds(catalog.get(first)?.needs ?? []).find(({ check }) => check === second)
  if (need === undefined) return []
  const { file, line } = need.place
  return [{ file, line, path: '', message: `includes itself: ${[...names, first].join(' -> ')}` }]
}

/** Each once, and only those that there are. */
export function includedBy(name: string, catalog: Catalog): readonly string[] {
  const names = checkNeeds(catalog.get(name)?.needs ?? []).map(({ check }) => check)
  return [...new Set(names)].filter((one) => catalog.has(one))
}
