import type { Crash, ReportCheck, Round } from './report.ts'
import { states } from './state.ts'

/**
 * Why a check matters on this node, most telling first. That an image is on a node tells nothing: it stays after its workload,
 * and node images bring some.
 */
export const relevances = ['published', 'crashing', 'container', 'driver'] as const

export type Relevance = (typeof relevances)[number]

type Signs = Pick<Round, 'settings' | 'crashes' | 'seen'>

/** By the check's name; a check that nothing speaks for has no entry. */
export type RelevanceByCheck = ReadonlyMap<string, readonly Relevance[]>

export function relevanceOf({ settings, crashes, seen }: Signs): RelevanceByCheck {
  const known = new Set([...settings.checks, ...seen.map(({ check }) => check)])
  const signs = [
    ...settings.checks.map((check) => [check, 'published'] as const),
    ...crashes.flatMap((crash) => checksOf(crash, known).map((check) => [check, 'crashing'] as const)),
    ...seen.map(({ check, by }) => [check, by] as const),
  ]
  const found = Map.groupBy(signs, ([check]) => check)
  return new Map(
    [...found].map(([check, own]) => [
      check,
      relevances.filter((relevance) => own.some(([, sign]) => sign === relevance)),
    ]),
  )
}

/** Of the many checks that may have the need that a container crashes for, those that are known here, else the first. */
export function checksOf({ checks }: Crash, known: ReadonlySet<string>): readonly string[] {
  const here = checks.filter((check) => known.has(check))
  return here.length > 0 ? here : checks.slice(0, 1)
}

/** Why a check matters that nobody published, in words; none for the others. */
export function seenWords(
  { name, isPublished }: ReportCheck,
  relevance: RelevanceByCheck,
): readonly string[] {
  return isPublished ? [] : (relevance.get(name) ?? []).flatMap((why) => words[why] ?? [])
}

/** Why a check matters here, in words. */
export function whyHere(name: string, relevance: RelevanceByCheck): readonly string[] {
  return (relevance.get(name) ?? []).map((why) => words[why] ?? why)
}

const words: Readonly<Record<Relevance, string | null>> = {
  published: null,
  crashing: 'crashes here',
  container: 'its container was started here',
  driver: 'its CSI driver is registered here',
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
  /** Everything else, worst first. */
  readonly others: readonly ReportCheck[]
}

/** What matters on this node, in the order in which it is shown, and the rest. */
export function partByRelevance(checks: readonly ReportCheck[], relevance: RelevanceByCheck): Parted {
  const rankOf = ({ name }: ReportCheck) => rank(relevance.get(name))
  const ordered = checks.toSorted((a, b) => rankOf(a) - rankOf(b) || badness(a) - badness(b))
  const here = ordered.filter((check) => rankOf(check) < restRank)
  return { here, others: ordered.slice(here.length) }
}

/** A container and a driver say the same: the workload is here. */
const ranks = { published: 0, crashing: 1, container: 2, driver: 2 } as const
const restRank = 3

function rank([first]: readonly Relevance[] = []): number {
  return first === undefined ? restRank : ranks[first]
}

/** Worst first; checks that are ready except for a recommended need come before the other ready ones. */
function badness({ state, reason }: ReportCheck): number {
  return states.indexOf(state) - (state === 'ready' && reason !== 'AllReady' ? 0.5 : 0)
}
