import { mostCrashChecks } from '#agent/model/bounds.ts'
import type { Check } from '#agent/model/check.ts'
import { closure } from '#agent/model/closure.ts'
import { memoizeLast } from '#agent/model/memoize-last.ts'
import { checkNeeds } from '#agent/model/needs-of.ts'
import type { Hit } from '#agent/symptoms/hit.ts'
import type { NeedSeen, NeedsSeen } from './missing-needs.ts'

/** A need of a check that does not include it from another. */
export interface Accused {
  readonly check: string
  readonly need: string
}

/** What a line points to. Of a log nothing else is kept, and never a byte of it. */
export interface Pointer {
  readonly check: string
  /** null: any of the check's required needs. */
  readonly need: string | null
}

/** Needs that one log points to. */
const mostPointers = 100

/**
 * What the lines of a log point to. One that may as well be about the container's own image, or that another contradicts, accuses
 * nothing, and neither does an exit code alone.
 */
export function pointersOf(hits: readonly Hit[]): readonly Pointer[] {
  return hits
    .filter(({ line, confidence, doubt }) => line > 0 && confidence !== 'possible' && doubt === null)
    .flatMap(({ check, need }) => (check === null ? [] : [{ check, need }]))
    .slice(0, mostPointers)
}

/**
 * The need that an attempt ended for: of the best pointer whose need is missing, and was missing already when the attempt began.
 *
 * @param pointers best first
 * @param began milliseconds by the wall clock
 */
export function accuse(pointers: readonly Pointer[], needs: NeedsSeen, began: number): Accused | null {
  for (const { check, need } of pointers) {
    const accused = need === null ? anyOf(check, needs, began) : named({ check, need }, needs, began)
    if (accused !== null) return accused
  }
  return null
}

function named({ check, need }: Accused, needs: NeedsSeen, began: number): Accused | null {
  const seen = needs.get(check)?.get(need)
  return seen === undefined ? null : follow({ check, need }, seen, { needs, began })
}

/** The first of the required needs. */
function anyOf(check: string, needs: NeedsSeen, began: number): Accused | null {
  for (const [need, seen] of needs.get(check) ?? []) {
    if (seen.finding.recommended) continue
    const accused = follow({ check, need }, seen, { needs, began })
    if (accused !== null) return accused
  }
  return null
}

/** A check that is included is followed to its own needs; no check includes itself. */
function follow(
  accused: Accused,
  { finding, missingSince }: NeedSeen,
  { needs, began }: { needs: NeedsSeen; began: number },
): Accused | null {
  if (finding.state !== 'missing') return null
  if (finding.kind === 'check') return anyOf(finding.need.replace(/^check:/, ''), needs, began)
  return missingSince !== null && missingSince < began ? accused : null
}

/**
 * The checks that have the need themselves and lack it, the accused first and then those that require it; then those that include
 * one of them.
 */
export function checksWith(
  { check, need }: Accused,
  needs: NeedsSeen,
  catalog: ReadonlyMap<string, Check>,
): readonly string[] {
  const rank = (name: string) =>
    name === check ? 0 : needs.get(name)?.get(need)?.finding.recommended === true ? 2 : 1
  const own = [...needs.keys()]
    .filter((name) => needs.get(name)?.get(need)?.finding.state === 'missing')
    .toSorted((a, b) => rank(a) - rank(b))
  const includers = includersIn(catalog)
  const all = closure(own, (name) => includers.get(name) ?? [])
  const others = [...all].filter((name) => !own.includes(name) && needs.has(name)).toSorted()
  return [...own, ...others].slice(0, mostCrashChecks)
}

/** By a check's name: the checks that include it directly. */
const includersIn = memoizeLast((catalog: ReadonlyMap<string, Check>) => {
  const pairs = [...catalog.values()].flatMap(({ name, needs }) =>
    checkNeeds(needs).map(({ check }) => ({ check, by: name })),
  )
  return new Map(
    [...Map.groupBy(pairs, ({ check }) => check)].map(([check, all]) => [check, all.map(({ by }) => by)]),
  )
})
