import { hash } from 'node:crypto'
import type { Check } from '../model/check.ts'
import type { Need } from '../model/need.ts'
import { conditionType, maxPublished } from '../model/names.ts'
import { noSuchCheck } from '../model/near-names.ts'
import type { KnownNames } from '../model/near-names.ts'
import { checkNameOf, readCheck } from './check-file.ts'
import type { CheckRead, CheckText } from './check-file.ts'
import type { Mistake } from './mistake.ts'

/** Every check that is known, by name. A check taken in by another is here too, and no check takes in itself. */
export type Catalog = ReadonlyMap<string, Check>

export interface CatalogRead {
  /** Of the files without a mistake. */
  readonly catalog: Catalog
  /** All names, also of files with mistakes, and all aliases. */
  readonly known: KnownNames
  readonly mistakes: readonly Mistake[]
}

/** Makes the catalogue of all files, and tells every mistake in all of them. */
export function readCatalog(texts: readonly CheckText[]): CatalogRead {
  const reads = texts.map((text) => ({ file: text.file, read: readOnce(text) }))
  const checks = reads.flatMap(({ file, read }) => ('check' in read ? [{ file, check: read.check }] : []))
  const catalog = new Map(checks.toReversed().map(({ check }) => [check.name, check]))
  const names = [...new Set([...texts.map((text) => checkNameOf(text.file)), ...catalog.keys()])]
  const known = { names, aliases: aliasesOf(catalog) }
  const mistakes = [
    ...reads.flatMap(({ read }) => ('mistakes' in read ? read.mistakes : [])),
    ...doubleNames(checks),
    ...takenAliases(checks),
    ...checks.flatMap(({ check }) => unknownChecks(check, known)),
    ...checks.flatMap(({ check }) => conflictMistakes(check, known)),
    ...checks.flatMap(({ check }) => cycles(check, catalog)),
  ]
  const sorted = new Map([...catalog].toSorted(([a], [b]) => a.localeCompare(b)))
  return { catalog: sorted, known, mistakes }
}

/**
 * A file that is as it was is not read again: beside a thousand checks that are in use there is no room for the same ones
 * once more, only since a line of the config changed.
 */
function readOnce(written: CheckText): CheckRead {
  const sign = hash('sha256', JSON.stringify([written.value ?? written.text, written.rules]))
  const known = lastReads.get(written.file)
  if (known?.sign === sign) return known.read
  const read = readCheck(written)
  lastReads.set(written.file, { sign, read })
  return read
}

/** By file. */
const lastReads = new Map<string, { readonly sign: string; readonly read: CheckRead }>()

/** By alias the name of its check. */
export function aliasesOf(catalog: Catalog): KnownNames['aliases'] {
  return Object.fromEntries(
    [...catalog.values()].flatMap(({ name, aliases }) => aliases.map((alias) => [alias, name])),
  )
}

/** Those of the named checks and all that they take in, each once. */
export function closeOver(catalog: Catalog, names: Iterable<string>): Check[] {
  const seen = new Map<string, Check>()
  const visit = (name: string) => {
    const check = catalog.get(name)
    if (check === undefined || seen.has(name)) return
    seen.set(name, check)
    for (const taken of checkNeeds(check.needs)) visit(taken.check)
  }
  for (const name of names) visit(name)
  return [...seen.values()]
}

/** What has to be asked to judge the named checks: with all that they take in, the checks that want the opposite of theirs. */
export function askedFor(catalog: Catalog, names: Iterable<string>): Check[] {
  const checks = closeOver(catalog, names)
  const opponents = checks.flatMap(({ needs }) =>
    allNeeds(needs).flatMap(({ conflicts }) => Object.keys(conflicts)),
  )
  return closeOver(catalog, [...checks.map(({ name }) => name), ...opponents])
}

/** Those of the named checks that are a check, or take it in. */
export function takersOf(catalog: Catalog, names: readonly string[], check: string): readonly string[] {
  return names.filter((name) => closeOver(catalog, [name]).some((one) => one.name === check))
}

function checkNeeds(needs: readonly Need[]): (Need & { type: 'check' })[] {
  return needs.flatMap((need) => {
    if (need.type === 'anyOf') return checkNeeds(need.needs)
    return need.type === 'check' ? [need] : []
  })
}

function doubleNames(checks: readonly { file: string; check: Check }[]): Mistake[] {
  return checks.flatMap(({ file, check }, index) => {
    const first = checks.slice(0, index).find((other) => other.check.name === check.name)
    if (first === undefined) return []
    const whose = first.check.origin === 'shipped' ? 'a shipped check' : `the check of ${first.file}`
    return [
      { file, line: 1, path: '', message: `${check.name} is the name of ${whose} already; rename this file` },
    ]
  })
}

/** An alias leads to one check alone. Own checks may be named like an alias of ours, which then leads nowhere. */
function takenAliases(checks: readonly { file: string; check: Check }[]): Mistake[] {
  const all = checks.flatMap(({ file, check }) => check.aliases.map((alias) => ({ file, check, alias })))
  return all.flatMap(({ file, check, alias }, index) => {
    const named = checks.find((other) => other.check.name === alias)?.check
    const first = all.slice(0, index).find((other) => other.alias === alias)
    const isNamed = named !== undefined && (named.origin === 'shipped' || check.origin === 'own')
    const whose = isNamed ? 'the name of a check' : first && `an alias of ${first.check.name}`
    if (whose === undefined) return []
    return [{ file, line: 1, path: 'aliases', message: `${alias} is ${whose} already` }]
  })
}

function unknownChecks(check: Check, known: KnownNames): Mistake[] {
  return checkNeeds(check.needs)
    .filter((need) => !known.names.includes(need.check))
    .map((need) => ({
      ...need.place,
      path: '',
      message: noSuchCheck(need.check, known),
    }))
}

function conflictMistakes({ name, needs }: Check, known: KnownNames): Mistake[] {
  return allNeeds(needs).flatMap(({ conflicts, place }) =>
    Object.keys(conflicts).flatMap((other) => {
      if (other === name) return [{ ...place, path: '', message: 'conflicts with its own check' }]
      if (known.names.includes(other)) return []
      return [{ ...place, path: '', message: noSuchCheck(other, known) }]
    }),
  )
}

/** With those that anyOf holds. */
export function allNeeds(needs: readonly Need[]): readonly Need[] {
  return needs.flatMap((need) => (need.type === 'anyOf' ? [need, ...allNeeds(need.needs)] : [need]))
}

/** Told once a ring, by the check in it whose name sorts first. */
function cycles(check: Check, catalog: Catalog): Mistake[] {
  const ring = findRing([check.name], catalog, new Set())
  if (ring === null || ring.some((name) => name < check.name)) return []
  const place = checkNeeds(check.needs).find((need) => need.check === (ring[1] ?? check.name))?.place
  if (place === undefined) return []
  return [{ ...place, path: '', message: `takes in itself: ${[...ring, check.name].join(' -> ')}` }]
}

/** A way from the path's end back to its start; `visited` are those from which there is none. */
function findRing(path: readonly string[], catalog: Catalog, visited: Set<string>): readonly string[] | null {
  for (const { check } of checkNeeds(catalog.get(path.at(-1) ?? '')?.needs ?? [])) {
    if (check === path[0]) return path
    if (visited.has(check)) continue
    visited.add(check)
    const ring = findRing([...path, check], catalog, visited)
    if (ring !== null) return ring
  }
  return null
}

/** What cannot go on one Node together; `place` tells where each name was written. */
export function publishMistakes(
  names: readonly string[],
  place: (index: number) => Omit<Mistake, 'message'>,
): Mistake[] {
  const tooMany =
    names.length > maxPublished
      ? [
          {
            ...place(maxPublished),
            message: `${names.length} checks are to be published; at most ${maxPublished} go on a Node (all are served over HTTP)`,
          },
        ]
      : []
  const same = names.flatMap((name, index) => {
    const first = names.slice(0, index).find((other) => conditionType(other) === conditionType(name))
    if (first === undefined) return []
    const message =
      first === name
        ? `${name} stands here twice`
        : `${name} and ${first} would be one condition, ${conditionType(name)}`
    return [{ ...place(index), message }]
  })
  return [...tooMany, ...same]
}
