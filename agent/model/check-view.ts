import { closure } from './closure.ts'
import type { CrashGroup } from './crash-groups.ts'
import type { History } from './history.ts'
import { partByRelevance, relevanceOf, whyHere } from './relevance.ts'
import type { Report, ReportCheck } from './report.ts'
import type { State } from './state.ts'
import type { WantedBy } from './wanted-by.ts'

/** A check that includes another, itself or through others. */
export interface Wanting {
  readonly name: string
  readonly title: string
  readonly state: State
  /** Why it matters on this node, in words; empty when nothing speaks for it. */
  readonly why: readonly string[]
}

/** One check with all that a report says around it. */
export interface CheckView {
  readonly report: Report
  readonly check: ReportCheck
  /** Why it matters on this node, in words. */
  readonly why: readonly string[]
  /** Those that matter here first. */
  readonly wantedBy: readonly Wanting[]
  /** What crashes here because of it. */
  readonly crashes: readonly CrashGroup[]
  readonly history: History
}

export interface Around {
  readonly report: Report
  readonly wanted: WantedBy
  readonly crashes: readonly CrashGroup[]
  readonly history: History
}

export function viewCheck(check: ReportCheck, { report, wanted, crashes, history }: Around): CheckView {
  const relevance = relevanceOf(report)
  const wantingOf = (name: string) => wanted.get(name) ?? []
  const names = closure(wantingOf(check.name), wantingOf)
  const { here, others } = partByRelevance(
    report.checks.filter(({ name }) => names.has(name) && name !== check.name),
    relevance,
  )
  return {
    report,
    check,
    why: whyHere(check.name, relevance),
    wantedBy: [...here, ...others].map(({ name, title, state }) => ({
      name,
      title,
      state,
      why: whyHere(name, relevance),
    })),
    crashes: crashes.filter(({ checks }) => checks.includes(check.name)),
    history,
  }
}
