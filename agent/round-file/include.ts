import { isDeepStrictEqual } from 'node:util'
import type { CheckResult, Finding } from '../model/report.ts'
import { resultAsFinding } from '../model/included.ts'
import { faultOf } from './include-limits.ts'
import type { Reference, StoredCheck, StoredFinding } from './stored-check.ts'

export function replaceIncluded(checks: readonly CheckResult[]): StoredCheck[] {
  const byName = new Map(checks.map((check) => [check.name, check]))
  const leave = (finding: Finding): StoredFinding => {
    const reference = referenceTo(byName, finding)
    if (reference !== null) return reference
    const { findings, ...others } = finding
    return findings === undefined ? others : { ...others, findings: findings.map(leave) }
  }
  return checks.map((check) => ({ ...check, findings: check.findings.map(leave) }))
}

/** Null for any finding that would not come back just as it is. */
function referenceTo(checks: ReadonlyMap<string, CheckResult>, finding: Finding): Reference | null {
  const { need, kind, why, recommended } = finding
  const taken = kind === 'check' ? checks.get(need.replace(/^check:/, '')) : undefined
  if (taken === undefined) return null
  const reference = { need, kind, takes: taken.name, ...(why === taken.why ? {} : { why }), recommended }
  return isDeepStrictEqual(finding, toFinding(reference, taken)) ? reference : null
}

function toFinding({ need, kind, why, recommended }: Reference, taken: CheckResult): Finding {
  return { need, kind, why: why ?? taken.why, recommended, ...resultAsFinding(taken) }
}

/** Checks by name, as they are written and as they are meant. */
export interface Restored {
  readonly written: ReadonlyMap<string, StoredCheck>
  readonly whole: ReadonlyMap<string, CheckResult>
}

export const nothingRestored: Restored = { written: new Map(), whole: new Map() }

/**
 * The checks as they were, or what is wrong with what refers to what. Findings of one check are one object wherever they
 * stand, and a check that is written as before, by the same object, is as before, with all that it takes in.
 */
export function restoreIncluded(
  written: readonly StoredCheck[],
  before: Restored = nothingRestored,
): Restored | string {
  const byName = new Map(written.map((check) => [check.name, check]))
  const fault = faultOf(byName)
  if (fault !== null) return fault
  const whole = new Map<string, CheckResult>()
  const put = (check: StoredCheck): CheckResult => {
    const known = whole.get(check.name) ?? asBefore(check) ?? open(check)
    whole.set(check.name, known)
    return known
  }
  const asBefore = (check: StoredCheck): CheckResult | null => {
    const isSame =
      before.written.get(check.name) === check &&
      includedNames(check.findings).every((name) => putNamed(name) === before.whole.get(name))
    return isSame ? (before.whole.get(check.name) ?? null) : null
  }
  const putNamed = (name: string): CheckResult | undefined => {
    const check = byName.get(name)
    return check && put(check)
  }
  const open = (check: StoredCheck): CheckResult => ({
    ...check,
    findings: check.findings.flatMap(putFinding),
  })
  const putFinding = (finding: StoredFinding): Finding[] => {
    if ('takes' in finding) {
      const taken = putNamed(finding.takes)
      return taken === undefined ? [] : [toFinding(finding, taken)]
    }
    if (!('findings' in finding)) return [finding]
    return [{ ...finding, findings: finding.findings.flatMap(putFinding) }]
  }
  for (const check of written) put(check)
  return { written: byName, whole }
}

/** The names that findings refer to. */
export function includedNames(findings: readonly StoredFinding[]): string[] {
  return findings.flatMap((one) => {
    if ('takes' in one) return [one.takes]
    return 'findings' in one ? includedNames(one.findings) : []
  })
}
