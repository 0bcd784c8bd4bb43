import { deepestInclude, mostCustomFindings, mostFindings } from '#agent/model/bounds.ts'
import type { Check } from '#agent/model/check.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { allNeeds, checkNeeds } from '#agent/model/needs-of.ts'

type Catalog = ReadonlyMap<string, Check>

/** How much a check is with all that it includes. */
interface Size {
  /** Its findings, with those of each check that it includes, as often as it does. */
  readonly findings: number
  /** Checks that include each other in a row, below it. */
  readonly depth: number
}

interface Includes {
  /** Those that a check includes come before it, but for rings. */
  readonly order: readonly string[]
  /** Ways from a check back to it. */
  readonly rings: readonly (readonly string[])[]
}

/**
 * Checks that include themselves, too much, or too deep: a handful of small files may come to more findings than a process
 * can hold, each including the next one twice. In linear time.
 */
export function includeMistakes(catalog: Catalog): Mistake[] {
  const { order, rings } = followIncludes(catalog)
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

/** The names of all checks that include one of these, or conflict with it, straight or through others. */
export function includersOf(catalog: Catalog, names: readonly string[]): ReadonlySet<string> {
  const users = Map.groupBy(
    [...catalog.values()].flatMap((check) => namedBy(check).map((name) => ({ name, by: check.name }))),
    ({ name }) => name,
  )
  const found = new Set<string>()
  const open = [...names]
  for (let name = open.pop(); name !== undefined; name = open.pop())
    for (const { by } of users.get(name) ?? []) {
      if (!found.has(by)) open.push(by)
      found.add(by)
    }
  return found
}

function namedBy({ needs }: Check): string[] {
  return allNeeds(needs).flatMap((need) => [
    ...(need.type === 'check' ? [need.check] : []),
    ...Object.keys(need.conflicts),
  ])
}

function measure(check: Check | undefined, sizes: ReadonlyMap<string, Size>): Size {
  let findings = 0
  let depth = 0
  for (const need of allNeeds(check?.needs ?? [])) {
    const inner = need.type === 'check' ? sizes.get(need.check) : undefined
    findings += 1 + (inner?.findings ?? 0)
    if (inner !== undefined) depth = Math.max(depth, inner.depth + 1)
  }
  // More than too many are as many, however often they are doubled.
  return { findings: Math.min(findings, 10 * mostFindings), depth }
}

function sizeMistakes(check: Check, size: Size, together: number): Mistake[] {
  const file = check.needs[0]?.place.file
  const excess = excessOf(size, together)
  return excess === null || file === undefined ? [] : [{ file, line: 1, path: '', message: excess }]
}

function excessOf({ findings, depth }: Size, together: number): string | null {
  if (depth > deepestInclude)
    return `includes checks that include others more than ${deepestInclude} in a row`
  if (findings > mostFindings)
    return `has more than ${mostFindings} needs with those of all checks that it includes`
  return together > mostCustomFindings
    ? `is left out: all custom checks together may have at most ${mostCustomFindings} needs with those of the checks that they include`
    : null
}

/** Reported at the check in it whose name sorts first. */
function ringMistake(ring: readonly string[], catalog: Catalog): Mistake[] {
  const at = ring.indexOf(ring.toSorted()[0] ?? '')
  const names = [...ring.slice(at), ...ring.slice(0, at)]
  const [first = '', second = first] = names
  const need = checkNeeds(catalog.get(first)?.needs ?? []).find(({ check }) => check === second)
  if (need === undefined) return []
  const { file, line } = need.place
  return [{ file, line, path: '', message: `takes in itself: ${[...names, first].join(' -> ')}` }]
}

/** A walk in depth that does not call itself: people may write thousands of checks that include each other in a row. */
function followIncludes(catalog: Catalog): Includes {
  const order: string[] = []
  const rings: string[][] = []
  const seen = new Set<string>()
  const path: Step[] = []
  const enter = (name: string) => {
    seen.add(name)
    path.push({ name, next: includedBy(name, catalog).values() })
  }
  const done = new Set<string>()
  for (const start of catalog.keys()) {
    if (!seen.has(start)) enter(start)
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.next.next()
      if (next.done === true) {
        done.add(last.name)
        order.push(last.name)
        path.pop()
      } else if (!seen.has(next.value)) enter(next.value)
      else if (!done.has(next.value)) rings.push(ringFrom(next.value, path))
    }
  }
  return { order, rings }
}

/** A check on the way, and those that it includes that were not looked at yet. */
interface Step {
  readonly name: string
  readonly next: Iterator<string, undefined>
}

function ringFrom(name: string, path: readonly Step[]): string[] {
  const names = path.map((step) => step.name)
  return names.slice(names.indexOf(name))
}

function includedBy(name: string, catalog: Catalog): readonly string[] {
  const names = checkNeeds(catalog.get(name)?.needs ?? []).map(({ check }) => check)
  return [...new Set(names)].filter((one) => catalog.has(one))
}
