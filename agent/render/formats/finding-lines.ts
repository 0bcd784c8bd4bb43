import type { Finding, ReportCheck } from '#agent/model/report.ts'

/** A need that is missing or unknown; of included checks and alternatives, only the former's needs stand for themselves. */
interface Leaf {
  readonly finding: Finding
  readonly isRecommended: boolean
  /** The included checks that it is in. */
  readonly within: readonly string[]
}

/** What a check lacks or does not know, a line a need, with why it matters and what was seen; what is recommended comes last. */
export function findingLines(check: Pick<ReportCheck, 'findings' | 'why'>): string[] {
  return failing(check).flatMap((leaf) => {
    const { why, evidence } = leaf.finding
    return [
      lineOf(leaf),
      ...(why === '' || why === check.why ? [] : [`  why: ${why}`]),
      ...(evidence.length === 0 ? [] : [`  seen: ${evidence.join('; ')}`]),
    ]
  })
}

/** Only what is required, and only what it is. */
export function causeLines(check: Pick<ReportCheck, 'findings'>): string[] {
  return failing(check)
    .filter(({ isRecommended }) => !isRecommended)
    .map(lineOf)
}

/** The commands for one check, after a line that says so. */
export function fixOf({ fix }: Pick<ReportCheck, 'fix'>, node: string): string[] {
  return fix === null ? [] : [`Fix, as root on ${node}:`, ...fix.split('\n').map((line) => `  ${line}`)]
}

function failing({ findings }: Pick<ReportCheck, 'findings'>): Leaf[] {
  const leaves = leavesOf(findings, { isRecommended: false, within: [] })
  return leaves.toSorted((a, b) => Number(a.isRecommended) - Number(b.isRecommended))
}

function leavesOf(findings: readonly Finding[], around: Omit<Leaf, 'finding'>): Leaf[] {
  return findings
    .filter(({ state }) => state === 'missing' || state === 'unknown')
    .flatMap((finding) => {
      const isRecommended = around.isRecommended || finding.recommended
      const within = [...around.within, finding.need.replace(/^check:/, '')]
      const inner =
        finding.kind === 'check' ? leavesOf(finding.findings ?? [], { isRecommended, within }) : []
      return inner.length > 0 ? inner : [{ finding, isRecommended, within: around.within }]
    })
}

function lineOf({ finding: { state, message, need, reason }, isRecommended, within }: Leaf): string {
  const word = isRecommended ? `recommended, ${state}` : state
  return `${word}: ${message} (${[need, ...within.toReversed()].join(' of ')}, ${reason})`
}
