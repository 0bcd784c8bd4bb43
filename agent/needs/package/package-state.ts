import type { Unanswered } from '#agent/model/question.ts'

/** What a package database says of one name. */
export type PackageState =
  | { readonly state: 'installed'; readonly version: string }
  /** `by` is the provider with its version; `version` is null when the provider does not say in which version it provides the name. */
  | { readonly state: 'provided'; readonly by: string; readonly version: string | null }
  | { readonly state: 'broken'; readonly status: string; readonly fix: readonly string[] }
  | { readonly state: 'removed' }
  | { readonly state: 'absent' }
  /** It is not listed, and the list is not whole. */
  | { readonly state: 'unlisted'; readonly detail: string }

export type FindPackage = (name: string) => PackageState

/** What could be read of a database; unanswered when it makes no sense. */
export type DatabaseRead = FindPackage | Unanswered
