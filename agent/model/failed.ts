import type { Need } from './need.ts'

/** Told of an exception that is our own bug, and of the need it was met at; null where it is of no need's own. */
export type Failed = (error: unknown, need: Need | null) => void

/** What an exception says, for people. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
