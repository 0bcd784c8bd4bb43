import { deepestFindings, mostCharacters, mostFindings } from '#agent/model/bounds.ts'
import type { Finding } from '#agent/model/report.ts'
import { includedNames } from './stored-check.ts'
import type { StoredCheck, StoredFinding } from './stored-check.ts'

/**
 * The size of a check with all that it includes. An included check counts in every check that includes it: a small file may
 * mean more findings than a process can hold.
 */
export interface Size {
  readonly count: number
  readonly depth: number
  readonly characters: number
}

export const nothing: Size = { count: 0, depth: 0, characters: 0 }

/** The size of findings; `ofCheck` returns that of an included check, from {@link sizeOfCheck}. */
export function sizeOf(findings: readonly StoredFinding[], ofCheck: (name: string) => Size): Size {
  return findings.map((one) => sizeOfFinding(one, ofCheck)).reduce(add, nothing)
}

/** The size of a check as a finding of another one. */
export function sizeOfCheck({ title, why, message, fix }: StoredCheck, findings: Size): Size {
  const characters = keys + title.length + why.length + message.length + (fix?.length ?? 0)
  return { ...findings, characters: findings.characters + characters }
}

export function sizeOfFinding(finding: StoredFinding, ofCheck: (name: string) => Size): Size {
  const inner = innerSize(finding, ofCheck)
  const own =
    'takes' in finding ? keys + finding.need.length + (finding.why?.length ?? 0) : charactersOf(finding)
  return { count: inner.count + 1, depth: inner.depth + 1, characters: inner.characters + own }
}

function innerSize(finding: StoredFinding, ofCheck: (name: string) => Size): Size {
  if ('takes' in finding) return ofCheck(finding.takes)
  return 'findings' in finding ? sizeOf(finding.findings, ofCheck) : nothing
}

export function add(one: Size, other: Size): Size {
  return {
    count: one.count + other.count,
    depth: Math.max(one.depth, other.depth),
    characters: one.characters + other.characters,
  }
}

export function isHuge({ count, depth, characters }: Size): boolean {
  return count > mostFindings || depth > deepestFindings || characters > mostCharacters
}

/** Characters for the keys and codes of a finding, and for a line of evidence besides its text; approximate. */
const keys = 200
const perLine = 40

export function charactersOf(finding: Omit<Finding, 'findings'>): number {
  const { need, kind, message, evidence, why, fix } = finding
  const words = [need, kind, message, why, fix ?? ''].reduce((sum, { length }) => sum + length, keys)
  return evidence.reduce((sum, { length }) => sum + perLine + length, words)
}

/**
 * The names of the checks, each after all that it includes; `rings` are the checks that include themselves or a check that
 * leads to them. No recursion: a forged file may have a chain of any length.
 */
export function includeOrder(checks: ReadonlyMap<string, StoredCheck>) {
  const [open, order, rings] = [new Set<string>(), new Set<string>(), new Set<string>()]
  const path = [...checks.keys()].toReversed()
  for (let name = path.at(-1); name !== undefined; name = path.at(-1)) {
    if (open.has(name) || order.has(name)) {
      path.pop()
      if (open.delete(name)) order.add(name)
      continue
    }
    open.add(name)
    for (const included of includedNames(checks.get(name)?.findings ?? [])) {
      if (open.has(included)) rings.add(name)
      else if (checks.has(included) && !order.has(included)) path.push(included)
    }
  }
  return { order: [...order], rings }
}
