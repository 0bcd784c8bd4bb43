import { distance } from 'fastest-levenshtein'
import { longestName } from './bounds.ts'
import { plainLine } from './plain.ts'
import { orList } from './reason-entry.ts'

/** The names that a check may be asked for by. An alias only leads to the name. */
export interface KnownNames {
  readonly names: readonly string[]
  /** From alias to check name. */
  readonly aliases: Readonly<Record<string, string>>
}

const most = 5

/** The names that someone may have meant: at most five, nearest first. */
export function nearNames(name: string, known: readonly string[]): string[] {
  return measured(name, known).map(({ other }) => other)
}

/** One line with the check that an alias leads to, or with all names that are equally near. */
export function noSuchCheck(name: string, { names, aliases }: KnownNames): string {
  const alias = aliasTarget(name, aliases)
  const shown = plainLine(name)
  if (alias !== null) return `there is no check ${shown}; use ${alias}`
  const near = measured(name, names)
  const nearest = near.filter(({ far }) => far === near[0]?.far).map(({ other }) => other)
  const hint = nearest.length === 0 ? '' : ` (did you mean ${orList(nearest)}?)`
  return `there is no check ${shown}${hint}`
}

/** null when the name is no alias. */
export function aliasTarget(name: string, aliases: KnownNames['aliases']): string | null {
  const lower = name.toLowerCase()
  return Object.hasOwn(aliases, lower) ? (aliases[lower] ?? null) : null
}

/** A name that contains what was asked for has distance 0: "iscsi" is in open-iscsi. */
function measured(name: string, known: readonly string[]): { other: string; far: number }[] {
  if (name.length > longestName) return []
  const lower = name.toLowerCase()
  return known
    .map((other) => ({ other, far: lower.length >= 3 && other.includes(lower) ? 0 : distance(lower, other) }))
    .filter(({ other, far }) => far <= Math.max(2, Math.floor(other.length / 3)))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, most)
}
