import { isDeepStrictEqual } from 'node:util'
import type { CheckResult, Finding } from '../model/report.ts'
import { saysOf } from '../model/taken-in.ts'
import { faultOf } from './reference-sizes.ts'
import type { Reference, WrittenCheck, WrittenFinding } from './written-check.ts'

export function leaveOut(checks: readonly CheckResult[]): WrittenCheck[] {
  const byName = new Map(checks.map((check) => [check.name, check]))
  const leave = (finding: Finding): WrittenFinding => {
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
  return isDeepStrictEqual(finding, putIn(reference, taken)) ? reference : null
}

function putIn({ need, kind, why, recommended }: Reference, taken: CheckResult): Finding {
  return { need, kind, why: why ?? taken.why, recommended, ...saysOf(taken) }
}

/** Checks by name, as they are written and as they are meant. */
export interface Opened {
  readonly written: ReadonlyMap<string, WrittenCheck>
  readonly whole: ReadonlyMap<string, CheckResult>
}

export const nothingOpened: Opened = { written: new Map(), whole: new Map() }

/**
 * The checks as they were, or what is wrong with what refers to what. Findings of one check are one object wherever they
 * stand, and a check that is written as before, by the same object, is as before, with all that it takes in.
 */
export function putBack(written: readonly WrittenCheck[], before: Opened = nothingOpened): Opened | string {
  const byName = new Map(written.map((check) => [check.name, check]))
  const fault = faultOf(byName)
  if (fault !== null) return fault
  const whole = new Map<string, CheckResult>()
  const put = (check: WrittenCheck): CheckResult => {
    const known = whole.get(check.name) ?? asBefore(check) ?? open(check)
    whole.set(check.name, known)
    return known
  }
  const asBefore = (check: WrittenCheck): CheckResult | null => {
    const isSame =
      before.written.get(check.name) === check &&
      takenIn(check.findings).every((name) => putNamed(name) === before.whole.get(name))
    return isSame ? (before.whole.get(check.name) ?? null) : null
  }
  const putNamed = (name: string): CheckResult | undefined => {
    const check = byName.get(name)
    return check && put(check)
  }
  const open = (check: WrittenCheck): CheckResult => ({
    ...check,
    findings: check.findings.flatMap(putFinding),
  })
  const putFinding = (finding: WrittenFinding): Finding[] => {
    if ('takes' in finding) {
      const taken = putNamed(finding.takes)
      return taken === undefined ? [] : [putIn(finding, taken)]
    }
    if (!('findings' in finding)) return [finding]
    return [{ ...finding, findings: finding.findings.flatMap(putFinding) }]
  }
  for (const check of written) put(check)
  return { written: byName, whole }
}

/** The names that findings refer to. */
export function takenIn(findings: readonly WrittenFinding[]): string[] {
  return findings.flatMap((one) => {
    if ('takes' in one) return [one.takes]
    return 'findings' in one ? takenIn(one.findings) : []
  })
}
