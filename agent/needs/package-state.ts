import type { Unanswered } from '../model/question.ts'

/** What a package database says of one name. */
export type PackageState =
  | { readonly state: 'installed'; readonly version: string; readonly by: string | null }
  | { readonly state: 'broken'; readonly status: string }
  | { readonly state: 'removed' }
  | { readonly state: 'absent' }

/** The database itself could not be read, or makes no sense. */
export type DatabaseRead = ((name: string) => PackageState) | Unanswered
