import type { StoredCheck, StoredFinding } from './stored-check.ts'

/**
 * What a check takes in counts again in each that takes it in: a small file may mean more findings than a process can hold.
 * So a check may have so many with those of all that it takes in, and they may stand so deep. All that are shipped have
 * a thousand in all.
 */
const mostFindings = 2_000
const deepest = 50

interface Size {
  readonly count: number
  readonly depth: number
}

const nothing: Size = { count: 0, depth: 0 }

function sizeOf(findings: readonly StoredFinding[], ofCheck: (name: string) => Size): Size {
  const all = findings.map((one) => {
    if ('takes' in one) return ofCheck(one.takes)
    return 'findings' in one ? sizeOf(one.findings, ofCheck) : nothing
  })
  const count = all.reduce((sum, one) => sum + one.count, all.length)
  return { count, depth: all.reduce((most, one) => Math.max(most, one.depth + 1), 0) }
}

function isHuge({ count, depth }: Size): boolean {
  return count > mostFindings || depth > deepest
}

/** Who writes: a check that has too many goes without. */
export function dropHuge(checks: readonly StoredCheck[]): StoredCheck[] {
  const byName = new Map(checks.map((check) => [check.name, check]))
  const sizes = new Map<string, Size>()
  const measure = (name: string): Size => {
    const known = sizes.get(name) ?? sizeOf(byName.get(name)?.findings ?? [], measure)
    sizes.set(name, isHuge(known) ? nothing : known)
    return sizes.get(name) ?? nothing
  }
  return checks.map((check) =>
    measure(check.name) === nothing && check.findings.length > 0 ? { ...check, findings: [] } : check,
  )
}

/** Who reads does not believe it: in a round nothing takes in itself, all that is taken in is there, and nothing is huge. */
export function faultOf(checks: ReadonlyMap<string, StoredCheck>): string | null {
  const sizes = new Map<string, Size | 'being measured'>()
  let fault: string | null = null
  const measure = (name: string): Size => {
    const [check, known] = [checks.get(name), sizes.get(name)]
    if (check === undefined) fault ??= `${name} is taken in, and is not in it`
    if (known === 'being measured') fault ??= `${name} takes in itself`
    if (fault !== null || check === undefined || known === 'being measured') return nothing
    if (known !== undefined) return known
    sizes.set(name, 'being measured')
    const size = sizeOf(check.findings, measure)
    if (isHuge(size)) fault ??= `${name} has more findings than may be`
    sizes.set(name, size)
    return size
  }
  for (const name of checks.keys()) measure(name)
  return fault
}
