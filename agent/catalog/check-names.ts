import type { Check } from '#agent/model/check.ts'
import { noSuchCheck } from '#agent/model/did-you-mean.ts'
import type { KnownNames } from '#agent/model/did-you-mean.ts'
import type { Need, SourcePlace } from '#agent/model/need.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { allNeeds, checkNeeds } from '#agent/model/needs-of.ts'

/** A check with the file that it is from. */
interface Placed {
  readonly file: string
  readonly check: Check
}

/** What is wrong with the names that checks have and call each other by. In linear time, but for what is told. */
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
    const message = `${name} is the name of ${whose} already; rename this file`
    return [{ file: placed.file, line: 1, path: '', message }]
  })
}

/** An alias leads to one check alone. Custom checks may be named like an alias of ours, which then leads nowhere. */
function takenAliases(checks: readonly Placed[]): Mistake[] {
  const named = new Map(checks.toReversed().map(({ check }) => [check.name, check]))
  const first = new Map<string, Check>()
  return checks.flatMap(({ file, check }) =>
    check.aliases.flatMap((alias) => {
      const whose = ownerOf({ alias, of: check }, named.get(alias), first.get(alias))
      if (!first.has(alias)) first.set(alias, check)
      return whose === null
        ? []
        : [{ file, line: 1, path: 'aliases', message: `${alias} is ${whose} already` }]
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
      if (other === name) return [mistakeAt(need.place, 'conflicts with its own check')]
      return names.has(other) ? [] : [unknown(need, other, known)]
    }),
  )
}

/** The near names are looked for when it is told: thousands of wrong ones are counted. */
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
