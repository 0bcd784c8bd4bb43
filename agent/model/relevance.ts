import type { Crash, ReportCheck, Round } from './report.ts'
import { states } from './state.ts'

/**
 * Why a check matters on this node, most telling first. An image may be on a node without its workload (it stays after it, and
 * node images bring some), so it only orders checks: a check with no other reason does not count as one that matters.
 */
export const relevances = ['published', 'crashing', 'container', 'driver', 'image'] as const

export type Relevance = (typeof relevances)[number]

type Signs = Pick<Round, 'settings' | 'crashes' | 'seen'>

/** By the check's name; a check that nothing speaks for has no entry. */
export type RelevanceByCheck = ReadonlyMap<string, readonly Relevance[]>

/** @param images the checks whose image is on this node */
export function relevanceOf(
  { settings, crashes, seen }: Signs,
  images: readonly string[] = [],
): RelevanceByCheck {
  const known = new Set([...settings.checks, ...seen.map(({ check }) => check)])
  const signs = [
    ...settings.checks.map((check) => [check, 'published'] as const),
    ...crashes.flatMap((crash) => crashing(crash, known).map((check) => [check, 'crashing'] as const)),
    ...seen.map(({ check, by }) => [check, by] as const),
    ...images.map((check) => [check, 'image'] as const),
  ]
  const found = Map.groupBy(signs, ([check]) => check)
  return new Map(
    [...found].map(([check, own]) => [
      check,
      relevances.filter((relevance) => own.some(([, sign]) => sign === relevance)),
    ]),
  )
}

/** Many checks may have the need that a container crashes for; those of workloads that are not here do not crash. */
function crashing({ checks }: Crash, known: ReadonlySet<string>): readonly string[] {
  const here = checks.filter((check) => known.has(check))
  return here.length > 0 ? here : checks.slice(0, 1)
}

/** A check with why it matters here: kinds alone, never who. */
export function withRelevance(check: ReportCheck, relevance: RelevanceByCheck) {
  return { ...check, relevance: relevance.get(check.name) ?? [] }
}

/** The published checks, then those of workloads that were seen here. */
export function namesThatMatter(signs: Signs): readonly string[] {
  return [...relevanceOf(signs)].toSorted(([, a], [, b]) => rank(a) - rank(b)).map(([name]) => name)
}

export interface Parted {
  /** Published, crashing, seen: each group worst first. */
  readonly here: readonly ReportCheck[]
  /** Everything else, those whose image is here first. */
  readonly others: readonly ReportCheck[]
}

/** What matters on this node, in the order in which it is shown, and the rest. */
export function partByRelevance(checks: readonly ReportCheck[], relevance: RelevanceByCheck): Parted {
  const rankOf = ({ name }: ReportCheck) => rank(relevance.get(name))
  const ordered = checks.toSorted((a, b) => rankOf(a) - rankOf(b) || badness(a) - badness(b))
  const here = ordered.filter((check) => rankOf(check) < imageRank)
  return { here, others: ordered.slice(here.length) }
}

/** A container and a driver say the same: the workload is here. */
const ranks = { published: 0, crashing: 1, container: 2, driver: 2, image: 3 } as const
const imageRank = ranks.image

function rank([first]: readonly Relevance[] = []): number {
  return first === undefined ? imageRank + 1 : ranks[first]
}

/** Worst first; checks that are ready except for a recommended need come before the other ready ones. */
function badness({ state, reason }: ReportCheck): number {
  return states.indexOf(state) - (state === 'ready' && reason !== 'AllReady' ? 0.5 : 0)
}
