import type { CheckResult, Finding } from '#agent/model/report.ts'

/** A need of a check, as it was judged last. */
export interface NeedSeen {
  readonly finding: Finding
  /** Since when it is missing, milliseconds by the wall clock; null while it is not. Silence between two rounds does not count. */
  readonly missingSince: number | null
}

/** The needs that checks have themselves: by the check's name, then by the need's id. */
export type NeedsSeen = ReadonlyMap<string, ReadonlyMap<string, NeedSeen>>

/** Remembers since when each need is missing. What a check includes is remembered with the included check. */
export function seeNeeds(before: NeedsSeen, results: readonly CheckResult[], now: number): NeedsSeen {
  return new Map(
    results.map(({ name, findings }) => {
      const old = before.get(name)
      const own = findings.flatMap(withParts)
      return [
        name,
        new Map(own.map((finding) => [finding.need, seeNeed(old?.get(finding.need), finding, now)])),
      ]
    }),
  )
}

function seeNeed(old: NeedSeen | undefined, finding: Finding, now: number): NeedSeen {
  const since = old?.missingSince ?? null
  if (finding.state === 'missing') return { finding, missingSince: since ?? now }
  return { finding, missingSince: finding.state === 'unknown' ? since : null }
}

/** A need and, of an anyOf that is missing itself, its parts: what another part makes up for is not missing. */
function withParts(finding: Finding): Finding[] {
  const isOpen = finding.kind === 'anyOf' && finding.state === 'missing'
  return [finding, ...(isOpen ? (finding.findings ?? []).flatMap(withParts) : [])]
}
