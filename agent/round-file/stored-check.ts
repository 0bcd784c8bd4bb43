import type { CheckResult, Finding } from '#agent/model/report.ts'

/**
 * In a round each check that includes another has all its findings again: of a thousand checks that include Longhorn's
 * that is 20 MB. The file names that check instead, and whoever reads it puts back what is its own.
 */
export interface Reference {
  readonly need: string
  readonly kind: string
  /** The name of the check. */
  readonly takes: string
  /** Left out when it is that check's own. */
  readonly why?: string
  readonly recommended: boolean
}

type Alone = Omit<Finding, 'findings'>

export type StoredFinding = Reference | Alone | (Alone & { readonly findings: readonly StoredFinding[] })

/** A check as a line of the round file has it. */
export type StoredCheck = Omit<CheckResult, 'findings'> & { readonly findings: readonly StoredFinding[] }

/** The names of the checks that these findings refer to. */
export function includedNames(findings: readonly StoredFinding[]): string[] {
  return findings.flatMap((one) => {
    if ('takes' in one) return [one.takes]
    return 'findings' in one ? includedNames(one.findings) : []
  })
}
