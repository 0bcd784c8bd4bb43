import type { CheckResult, Finding } from '../model/report.ts'

/**
 * In a round each check that takes in another has all its findings again: of a thousand checks that take in Longhorn's
 * that is 20 MB. The file names that check instead, and who reads it puts back what is its own.
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

export type StoredCheck = Omit<CheckResult, 'findings'> & { readonly findings: readonly StoredFinding[] }
