import type { Need } from './need.ts'

/** Called with an exception that is our own bug and the need it met; null where it belongs to no need. */
export type Failed = (error: unknown, need: Need | null) => void

/** What an exception says, for people. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
