import type { Check } from '#agent/model/check.ts'
import { closure } from '#agent/model/closure.ts'
import { maxPublished } from '#agent/model/names.ts'
import { requiredChecks } from '#agent/model/needs-of.ts'
import type { Evidence } from './evidence.ts'
import type { Published } from './published.ts'

/** A check that something in the cluster speaks for. */
export interface Suggestion {
  readonly check: string
  /** null where it could not be read what is published. */
  readonly isPublished: boolean | null
  /** Most telling first. */
  readonly why: readonly Evidence[]
}

export interface Suggestions {
  /** Those that are not published first, most telling first. */
  readonly suggestions: readonly Suggestion[]
  /** What the config's `checks` should be: what they are now, then what is suggested. */
  readonly checks: readonly string[]
  /** Those of them that are not there yet. */
  readonly added: readonly string[]
  /** Suggested checks for which a Node has no room. */
  readonly left: readonly string[]
}

/**
 * Which checks to publish beside those that are. A check that another one here requires everywhere is not suggested for itself:
 * the workload's own check says it too.
 */
export function suggest(
  catalog: ReadonlyMap<string, Check>,
  evidence: ReadonlyMap<string, readonly Evidence[]>,
  published: Published,
): Suggestions {
  const now = new Set(published.checks)
  const here = [...new Set([...now, ...evidence.keys()])]
  const required = closure(here.flatMap(requiredIn(catalog)), requiredIn(catalog))
  const suggestions = [...evidence]
    .filter(([check]) => now.has(check) || !required.has(check))
    .map(([check, why]) => ({ check, why, isPublished: published.from === null ? null : now.has(check) }))
    .toSorted((a, b) => Number(a.isPublished) - Number(b.isPublished) || compareEvidence(a.why, b.why))
  const base = [...new Set(published.base)]
  const wanted = suggestions.map(({ check }) => check).filter((check) => !base.includes(check))
  const room = Math.max(0, maxPublished - base.length)
  const added = wanted.slice(0, room)
  return { suggestions, checks: [...base, ...added], added, left: wanted.slice(room) }
}

function requiredIn(catalog: ReadonlyMap<string, Check>): (name: string) => readonly string[] {
  return (name) => {
    const check = catalog.get(name)
    return check === undefined ? [] : requiredChecks(check)
  }
}

const order: readonly Evidence['by'][] = ['crash', 'image', 'driver', 'container', 'volume', 'seen']

function compareEvidence([a]: readonly Evidence[], [b]: readonly Evidence[]): number {
  return order.indexOf(a?.by ?? 'seen') - order.indexOf(b?.by ?? 'seen')
}
