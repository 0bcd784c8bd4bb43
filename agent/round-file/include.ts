import { resultAsFinding } from '#agent/model/included.ts'
import { verdict } from '#agent/model/reason.ts'
import type { CheckResult, Finding } from '#agent/model/report.ts'
import { includeOrder, isHuge, nothing, sizeOf, sizeOfCheck } from './include-limits.ts'
import type { Size } from './include-limits.ts'
import { includedNames } from './stored-check.ts'
import type { Reference, StoredCheck, StoredFinding } from './stored-check.ts'

/** The finding that a reference stands for. */
export function toFinding({ need, kind, why, recommended }: Reference, included: CheckResult): Finding {
  return { need, kind, why: why ?? included.why, recommended, ...resultAsFinding(included) }
}

/** Checks by name, as stored in the file and as restored. */
export interface Restored {
  readonly stored: ReadonlyMap<string, StoredCheck>
  readonly whole: ReadonlyMap<string, CheckResult>
  /** By name, why a check is unusable; its state is unknown. */
  readonly unusable: ReadonlyMap<string, string>
}

export const nothingRestored: Restored = { stored: new Map(), whole: new Map(), unusable: new Map() }

/**
 * Restores checks from their stored form. The findings of a check are one object wherever they occur, and a check whose stored
 * object is the same as before keeps its previous result, if all that it includes does. A check that includes itself, or more
 * than the limit, becomes unknown, like those in `unusable`; checks that include one of these report it as unknown.
 */
export function restoreIncluded(
  stored: ReadonlyMap<string, StoredCheck>,
  unusable: ReadonlyMap<string, string>,
  before: Restored = nothingRestored,
): Restored {
  const { order, rings } = includeOrder(stored)
  const why = new Map([...unusable, ...faultsOf(stored, order, rings)])
  const whole = new Map([...why].map(([name, detail]) => [name, unusableResult(name, detail)]))
  const restoring = { stored, whole, before }
  for (const name of order) {
    const check = stored.get(name)
    if (check !== undefined && !whole.has(name)) whole.set(name, restoreOne(check, restoring))
  }
  return { stored, whole, unusable: why }
}

function faultsOf(
  stored: ReadonlyMap<string, StoredCheck>,
  order: readonly string[],
  rings: ReadonlySet<string>,
): Map<string, string> {
  const sizes = new Map<string, Size>()
  const faults = new Map([...rings].map((name) => [name, 'it includes itself']))
  for (const name of order) {
    const check = stored.get(name)
    if (check === undefined || faults.has(name)) continue
    const size = sizeOf(check.findings, (included) => sizes.get(included) ?? nothing)
    if (isHuge(size)) faults.set(name, 'it has more findings than the limit')
    else sizes.set(name, sizeOfCheck(check, size))
  }
  return faults
}

function unusableResult(name: string, detail: string): CheckResult {
  const { state, reason, message } = verdict('ResultUnusable', { detail })
  return { name, title: name, why: '', state, reason, message, fix: null, findings: [] }
}

interface Restoring {
  readonly stored: ReadonlyMap<string, StoredCheck>
  /** Contains all checks that the check includes. */
  readonly whole: ReadonlyMap<string, CheckResult>
  readonly before: Restored
}

function restoreOne(check: StoredCheck, restoring: Restoring): CheckResult {
  const { whole, before } = restoring
  const isKnown = before.stored.get(check.name) === check && !before.unusable.has(check.name)
  const old = isKnown ? before.whole.get(check.name) : undefined
  const isSame = (name: string) => whole.has(name) && whole.get(name) === before.whole.get(name)
  if (old !== undefined && includedNames(check.findings).every(isSame)) return old
  return { ...check, findings: check.findings.map((finding) => restoreFinding(finding, whole)) }
}

function restoreFinding(finding: StoredFinding, whole: ReadonlyMap<string, CheckResult>): Finding {
  if ('takes' in finding)
    return toFinding(
      finding,
      whole.get(finding.takes) ?? unusableResult(finding.takes, 'it is not in the round'),
    )
  if (!('findings' in finding)) return finding
  return { ...finding, findings: finding.findings.map((inner) => restoreFinding(inner, whole)) }
}
