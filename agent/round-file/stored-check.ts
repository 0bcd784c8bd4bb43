import type { CheckResult, Finding } from '#agent/model/report.ts'

/**
 * In a round, each check that includes another repeats all its findings: for a thousand checks that include Longhorn's, that
 * is 20 MB. The file names the included check instead, and the reader puts its findings back.
 */
export interface Reference {
  readonly need: string
  readonly kind: string
  /** The name of the included check. */
  readonly takes: string
  /** Left out when it equals that of the included check. */
  readonly why?: string
  readonly recommended: boolean
}

type Alone = Omit<Finding, 'findings'>

export type StoredFinding = Reference | Alone | (Alone & { readonly findings: readonly StoredFinding[] })

/** A check as stored in a line of the round file. */
export type StoredCheck = Omit<CheckResult, 'findings'> & { readonly findings: readonly StoredFinding[] }

/** The names of the checks that these findings refer to. */
export function includedNames(findings: readonly StoredFinding[]): string[] {
  return findings.flatMap((one) => {
    if ('takes' in one) return [one.takes]
    return 'findings' in one ? includedNames(one.findings) : []
  })
}
