import type { Need } from './need.ts'

/** Called with an exception that is our own bug, and the need that it hit; null if it hit no single need. */
export type Failed = (error: unknown, need: Need | null) => void

/** An exception's message, for people. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
