import type { CheckResult, Finding } from '#agent/model/report.ts'

/** A need of a check that is missing, or of which it is unknown. */
export interface NeedSeen {
  readonly finding: Finding
  /** Since when it is missing, milliseconds by the wall clock; null when that was never seen. Silence in between does not count. */
  readonly missingSince: number | null
}

/** The needs that checks have themselves: by the check's name, then by the need's id. What is not here is not missing. */
export type NeedsSeen = ReadonlyMap<string, ReadonlyMap<string, NeedSeen>>

/** Remembers since when each need is missing. What a check includes is remembered with the included check. */
export function seeNeeds(before: NeedsSeen, results: readonly CheckResult[], now: number): NeedsSeen {
  return new Map(
    results.map(({ name, findings }) => {
      const old = before.get(name)
      const own = findings.flatMap(troubleOf)
      return [
        name,
        new Map(own.map((finding) => [finding.need, seeNeed(old?.get(finding.need), finding, now)])),
      ]
    }),
  )
}

function seeNeed(old: NeedSeen | undefined, finding: Finding, now: number): NeedSeen {
  const since = old?.missingSince ?? null
  return { finding, missingSince: finding.state === 'missing' ? (since ?? now) : since }
}

/** A need and, of an anyOf, its parts: what another part makes up for is not missing, and what one may make up for is in doubt. */
function troubleOf(finding: Finding): Finding[] {
  const { state, kind } = finding
  if (state !== 'missing' && state !== 'unknown') return []
  const parts = kind === 'anyOf' ? (finding.findings ?? []).flatMap(troubleOf) : []
  return [finding, ...(state === 'unknown' ? parts.map((part) => ({ ...part, state })) : parts)]
}
