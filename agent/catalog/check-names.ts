import type { Check } from '#agent/model/check.ts'
import { noSuchCheck } from '#agent/model/did-you-mean.ts'
import type { KnownNames } from '#agent/model/did-you-mean.ts'
import type { Need, SourcePlace } from '#agent/model/need.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { allNeeds, checkNeeds } from '#agent/model/needs-of.ts'

/** A check with its file. */
interface Placed {
  readonly file: string
  readonly check: Check
}

/** Finds mistakes in the names of checks and in references to them. In linear time, except for what is reported. */
export function nameMistakes(checks: readonly Placed[], known: KnownNames): Mistake[] {
  const names = new Set(known.names)
  return [
    ...doubleNames(checks),
    ...takenAliases(checks),
    ...checks.flatMap(({ check }) => unknownChecks(check, names, known)),
    ...checks.flatMap(({ check }) => conflictMistakes(check, names, known)),
  ]
}

function doubleNames(checks: readonly Placed[]): Mistake[] {
  const first = new Map<string, Placed>()
  return checks.flatMap((placed) => {
    const { name } = placed.check
    const other = first.get(name)
    if (other === undefined) first.set(name, placed)
    if (other === undefined) return []
    const whose = other.check.origin === 'shipped' ? 'a shipped check' : `the check of ${other.file}`
    const message = `${name} is already the name of ${whose}; rename this file`
    return [{ file: placed.file, line: 1, path: '', message }]
  })
}

/** An alias leads to only one check. A custom check may take the name of a shipped alias, which then leads nowhere. */
function takenAliases(checks: readonly Placed[]): Mistake[] {
  const named = new Map(checks.toReversed().map(({ check }) => [check.name, check]))
  const first = new Map<string, Check>()
  return checks.flatMap(({ file, check }) =>
    check.aliases.flatMap((alias) => {
      const whose = ownerOf({ alias, of: check }, named.get(alias), first.get(alias))
      if (!first.has(alias)) first.set(alias, check)
      return whose === null
        ? []
        : [{ file, line: 1, path: 'aliases', message: `${alias} is already ${whose}` }]
    }),
  )
}

function ownerOf(
  { alias, of }: { readonly alias: string; readonly of: Check },
  named: Check | undefined,
  first: Check | undefined,
): string | null {
  const isNamed = named?.name === alias && (named.origin === 'shipped' || of.origin === 'custom')
  if (isNamed) return 'the name of a check'
  return first === undefined ? null : `an alias of ${first.name}`
}

function unknownChecks(check: Check, names: ReadonlySet<string>, known: KnownNames): Mistake[] {
  return checkNeeds(check.needs)
    .filter((need) => !names.has(need.check))
    .map((need) => unknown(need, need.check, known))
}

function conflictMistakes({ name, needs }: Check, names: ReadonlySet<string>, known: KnownNames): Mistake[] {
  return allNeeds(needs).flatMap((need) =>
    Object.keys(need.conflicts).flatMap((other) => {
      if (other === name) return [mistakeAt(need.place, 'conflicts with the check that it belongs to')]
      return names.has(other) ? [] : [unknown(need, other, known)]
    }),
  )
}

/** Line and message are computed when reported: thousands of wrong names may only be counted. */
function unknown({ place }: Need, name: string, known: KnownNames): Mistake {
  return {
    file: place.file,
    get line() {
      return place.line
    },
    path: '',
    get message() {
      return noSuchCheck(name, known)
    },
  }
}

function mistakeAt({ file, line }: SourcePlace, message: string): Mistake {
  return { file, line, path: '', message }
}
