import type { Round } from '../model/report.ts'
import { cutHuge } from './reference-sizes.ts'
import { leaveOut, takenIn } from './references.ts'
import type { WrittenCheck } from './written-check.ts'

/** Bytes; the file's place holds 8 MiB, and while it is replaced there are two of it. */
export const largestRound = 3 * 1024 * 1024

export interface RoundText {
  readonly text: string
  /** Checks whose findings are left out. */
  readonly cut: number
  /** Why there is no round in it, which its reader says then; null when there is one. */
  readonly unusable: string | null
}

/**
 * A round as it is written. When it would be too large, checks that are not published, and taken in by none that is, lose
 * their findings, the largest first. What the Node says is whole. A check that takes in more than a process can hold goes
 * without in any case. Each check has a line of its own, by which its reader knows it again.
 */
export function writeText(round: Round): RoundText {
  const { checks, ...others } = round
  const written = textsOf(leaveOut(checks))
  const space = largestRound - bytesOf(JSON.stringify(others)) - 2 * written.length - 100
  const fitting = cutTo(space, written, () => neededBy(round.settings.checks, written))
  const size = sizeOf(fitting)
  if (size > space) return tooLarge(size)
  const cut = fitting.filter(({ isCut }) => isCut).length
  const head = JSON.stringify({ ...others, probing: { ...others.probing, cut } }).slice(0, -1)
  const lines = fitting.map(({ text }) => text).join(',\n')
  return { text: `${head},"checks":[\n${lines}\n]}`, cut, unusable: null }
}

interface CheckText {
  readonly check: WrittenCheck
  readonly text: string
  readonly bytes: number
  readonly isCut: boolean
}

function cutTo(space: number, checks: readonly CheckText[], needed: () => ReadonlySet<string>) {
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

function tooLarge(size: number): RoundText {
  const unusable = `a round of ${size} bytes, without the findings of checks that are not published, is larger than ${largestRound}; take checks out`
  return { text: JSON.stringify({ v: 1, unusable }), cut: 0, unusable }
}

function textsOf(checks: readonly WrittenCheck[]): CheckText[] {
  return cutHuge(checks).map((check, index) => ({ ...textOf(check), isCut: check !== checks[index] }))
}

function textOf(check: WrittenCheck): CheckText {
  const text = JSON.stringify(check)
  return { check, text, bytes: bytesOf(text), isCut: false }
}

function sizeOf(checks: readonly CheckText[]): number {
  return checks.reduce((sum, { bytes }) => sum + bytes, 0)
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text)
}

/** These checks and all that they take in. */
function neededBy(names: readonly string[], checks: readonly CheckText[]): ReadonlySet<string> {
  const byName = new Map(checks.map(({ check }) => [check.name, check]))
  const needed = new Set<string>()
  const visit = (name: string) => {
    if (needed.has(name)) return
    needed.add(name)
    for (const taken of takenIn(byName.get(name)?.findings ?? [])) visit(taken)
  }
  for (const name of names) visit(name)
  return needed
}
