import type { Finding, ReportCheck } from '#agent/model/report.ts'

/** One thing that the host lacks or that is not known, with the checks that want it. */
export interface Cause {
  readonly message: string
  /** Those that have the need themselves come before those that include another check for it. */
  readonly checks: readonly string[]
}

/** What is missing or unknown, each thing once however many checks want it, in the order of the checks. */
export function causesOf(checks: readonly ReportCheck[], state: 'missing' | 'unknown'): Cause[] {
  const concerned = checks.filter((check) => check.state === state)
  return group(concerned, ({ findings }) => required(findings, state, 0))
}

/** What is recommended to checks that are ready without it. */
export function recommendedCauses(checks: readonly ReportCheck[]): Cause[] {
  const concerned = checks.filter(({ reason }) => reason === 'RecommendedMissing')
  return group(concerned, ({ findings }) => recommended(findings, 0))
}

interface Leaf {
  readonly message: string
  /** How many checks lie between: 0 for a need of the check itself. */
  readonly depth: number
}

function required(findings: readonly Finding[], state: Finding['state'], depth: number): Leaf[] {
  const concerned = findings.filter((finding) => !finding.recommended && finding.state === state)
  return concerned.flatMap((finding) => inside(finding, depth, (inner) => required(inner, state, depth + 1)))
}

function recommended(findings: readonly Finding[], depth: number): Leaf[] {
  return findings.flatMap((finding) => {
    if (finding.reason === 'RecommendedMissing')
      return inside(finding, depth, (inner) => recommended(inner, depth + 1))
    if (!finding.recommended || finding.state !== 'missing') return []
    return inside(finding, depth, (inner) => required(inner, 'missing', depth + 1))
  })
}

/** The alternatives of an anyOf are one thing. What was left out of a large report is told by the including need. */
function inside(
  { kind, message, findings }: Finding,
  depth: number,
  look: (findings: readonly Finding[]) => Leaf[],
): Leaf[] {
  const inner = kind === 'check' ? look(findings ?? []) : []
  return inner.length > 0 ? inner : [{ message, depth }]
}

function group(checks: readonly ReportCheck[], look: (check: ReportCheck) => Leaf[]): Cause[] {
  const all = checks.flatMap((check) => {
    const leaves = look(check)
    const told = leaves.length > 0 ? leaves : [{ message: check.message, depth: 0 }]
    return told.map(({ message, depth }) => ({ message, depth, check: check.name }))
  })
  return [...Map.groupBy(all, ({ message }) => message)].map(([message, wants]) => ({
    message,
    checks: [...new Set(wants.toSorted((a, b) => a.depth - b.depth).map(({ check }) => check))],
  }))
}
