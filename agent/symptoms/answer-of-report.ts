import type { Finding, Report } from '#agent/model/report.ts'
import type { Hit } from './hit.ts'
import type { Said } from './judge-hits.ts'

/**
 * The finding of the hit's need; of the whole check when the hit is about any of its needs.
 *
 * @param madeFor the check that was made for a hit that no check knows; null when none could be
 */
export function answersOf(
  report: Pick<Report, 'checks'> | null,
  madeFor: (hit: Hit) => string | null,
): (hit: Hit) => Said | null {
  return (hit) => {
    const name = hit.check ?? madeFor(hit)
    const result = report?.checks.find((one) => one.name === name)
    if (result === undefined) return null
    if (hit.need === null) return result
    const finding = findNeed(result.findings, hit.need)
    return finding === null
      ? null
      : { ...finding, fix: finding.fix ?? (finding.state === 'missing' ? result.fix : null) }
  }
}

/** A need may stand several times under one id, of which one applies to this host. */
function findNeed(findings: readonly Finding[], need: string): Finding | null {
  const all = findings.filter((finding) => finding.need === need)
  const inner = findings.flatMap((finding) => findNeed(finding.findings ?? [], need) ?? [])
  const found = [...all, ...inner]
  return found.find(({ state }) => state !== 'not-applicable') ?? found[0] ?? null
}
