import { closure } from '#agent/model/closure.ts'
import { mostChecks } from '#agent/model/bounds.ts'
import { add, includeOrder, isHuge, nothing, sizeOf, sizeOfCheck, sizeOfFinding } from './include-limits.ts'
import type { Size } from './include-limits.ts'
import { shortenFix, shortenLine } from './shorten.ts'
import { countOmitted } from './store.ts'
import type { Stored } from './store.ts'
import { includedNames } from './stored-check.ts'
import type { StoredCheck } from './stored-check.ts'

/** Keeps the first findings of each check that stay within the limits, counting all that they include. */
export function cutHuge(all: readonly Stored[]): Stored[] {
  const byName = new Map(all.map(({ check }) => [check.name, check]))
  const { order, rings } = includeOrder(byName)
  const sizes = new Map<string, Size>()
  const ofCheck = (name: string) => sizes.get(name) ?? nothing
  for (const name of order) {
    const check = byName.get(name)
    if (check === undefined) continue
    const fitting = rings.has(name) ? keepFirst(check, 0) : keepFirst(check, countFitting(check, ofCheck))
    byName.set(name, fitting)
    sizes.set(name, sizeOfCheck(fitting, sizeOf(fitting.findings, ofCheck)))
  }
  return all.map(({ check, isCut }) => {
    const fitting = byName.get(check.name) ?? check
    return { check: fitting, isCut: isCut || fitting !== check }
  })
}

function countFitting({ findings }: StoredCheck, ofCheck: (name: string) => Size): number {
  let size = nothing
  const first = findings.findIndex((finding) => {
    size = add(size, sizeOfFinding(finding, ofCheck))
    return isHuge(size)
  })
  return first < 0 ? findings.length : first
}

function keepFirst(check: StoredCheck, count: number): StoredCheck {
  const left = check.findings.length - count
  if (left === 0) return check
  return { ...check, findings: check.findings.slice(0, count), ...countOmitted(left + (check.omitted ?? 0)) }
}

/** A check with its line in the file. */
export interface CheckLine extends Stored {
  readonly text: string
  readonly bytes: number
}

/**
 * Cuts checks until they fit into `space` bytes. The least important parts go first, in each step from the largest checks:
 * findings of checks that are neither published nor included by a published one; all findings; most text of unpublished
 * checks; those checks entirely; most text of the others. That always suffices: at most 64 checks are published.
 */
export function cutTo(space: number, all: readonly Stored[], published: readonly string[]): CheckLine[] {
  const lines = all.map(lineOf)
  if (fits(lines, space)) return lines
  const [needed, kept] = [neededBy(published, all), new Set(published)]
  const steps: readonly Step[] = [
    { keep: needed, make: withoutFindings },
    { keep: new Set(), make: withoutFindings },
    { keep: kept, make: withFewWords },
    { keep: kept, make: () => null },
    { keep: new Set(), make: withFewWords },
  ]
  return steps.reduce((cut, step) => cutMore(cut, step, space), lines)
}

interface Step {
  /** Names of the checks that are not cut. */
  readonly keep: ReadonlySet<string>
  /** Null drops the check. */
  readonly make: (check: StoredCheck) => StoredCheck | null
}

function cutMore(lines: CheckLine[], { keep, make }: Step, space: number): CheckLine[] {
  let [bytes, count] = [sizeOfLines(lines), lines.length]
  if (fits(lines, space)) return lines
  const cuts = new Map<CheckLine, CheckLine | null>()
  for (const line of lines.toSorted((a, b) => b.bytes - a.bytes)) {
    if (bytes <= space && count <= mostChecks) break
    if (keep.has(line.check.name)) continue
    const less = make(line.check)
    const now = less === null ? null : less === line.check ? line : lineOf({ check: less, isCut: true })
    cuts.set(line, now)
    bytes -= line.bytes - (now?.bytes ?? 0)
    if (now === null) count--
  }
  return lines.flatMap((line) => (cuts.has(line) ? (cuts.get(line) ?? []) : [line]))
}

function withoutFindings(check: StoredCheck): StoredCheck {
  return keepFirst(check, 0)
}

function withFewWords(check: StoredCheck): StoredCheck {
  const { sources: _sources, ...others } = withoutFindings(check)
  const { title, message, fix } = others
  return {
    ...others,
    title: shortenLine(title, 80),
    why: '',
    message: shortenLine(message, 300),
    fix: fix === null ? null : shortenFix(fix, 1_000),
  }
}

function fits(lines: readonly CheckLine[], space: number): boolean {
  return sizeOfLines(lines) <= space && lines.length <= mostChecks
}

function lineOf({ check, isCut }: Stored): CheckLine {
  const written = writtenBefore.get(check) ?? write(check)
  writtenBefore.set(check, written)
  return { check, isCut, ...written }
}

/** By its object: most checks are the same from round to round. */
const writtenBefore = new WeakMap<StoredCheck, Pick<CheckLine, 'text' | 'bytes'>>()

/** Its bytes include the comma and the line feed. */
function write(check: StoredCheck): Pick<CheckLine, 'text' | 'bytes'> {
  const text = JSON.stringify(check)
  return { text, bytes: Buffer.byteLength(text) + 2 }
}

function sizeOfLines(lines: readonly CheckLine[]): number {
  return lines.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** These checks and all that they include. */
function neededBy(names: readonly string[], all: readonly Stored[]): ReadonlySet<string> {
  const byName = new Map(all.map(({ check }) => [check.name, check]))
  return closure(names, (name) => includedNames(byName.get(name)?.findings ?? []))
}
