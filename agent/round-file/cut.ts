import { dropHuge } from './include-limits.ts'
import { includedNames } from './include.ts'
import type { StoredCheck } from './stored-check.ts'

/** A check as it is written. */
export interface CheckText {
  readonly check: StoredCheck
  readonly text: string
  readonly bytes: number
  readonly isCut: boolean
}

/** Within so many bytes, if it can be: checks that are not needed lose their findings, the largest first. */
export function cutTo(space: number, checks: readonly CheckText[], needed: () => ReadonlySet<string>) {
  let excess = sizeOf(checks) - space
  if (excess <= 0) return checks
  const keep = needed()
  const cuts = new Map<string, CheckText>()
  for (const one of checks.toSorted((a, b) => b.bytes - a.bytes)) {
    if (excess <= 0) break
    if (keep.has(one.check.name) || one.check.findings.length === 0) continue
    const less = { ...textOf({ ...one.check, findings: [] }), isCut: true }
    cuts.set(one.check.name, less)
    excess -= one.bytes - less.bytes
  }
  return checks.map((one) => cuts.get(one.check.name) ?? one)
}

export function textsOf(checks: readonly StoredCheck[]): CheckText[] {
  return dropHuge(checks).map((check, index) => ({ ...textOf(check), isCut: check !== checks[index] }))
}

function textOf(check: StoredCheck): CheckText {
  const text = JSON.stringify(check)
  return { check, text, bytes: Buffer.byteLength(text), isCut: false }
}

export function sizeOf(checks: readonly CheckText[]): number {
  return checks.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** These checks and all that they take in. */
export function neededBy(names: readonly string[], checks: readonly CheckText[]): ReadonlySet<string> {
  const byName = new Map(checks.map(({ check }) => [check.name, check]))
  const needed = new Set<string>()
  const visit = (name: string) => {
    if (needed.has(name)) return
    needed.add(name)
    for (const taken of includedNames(byName.get(name)?.findings ?? [])) visit(taken)
  }
  for (const name of names) visit(name)
  return needed
}
