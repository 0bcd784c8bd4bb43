import { createHash } from 'node:crypto'

/** Waits between failed tries, milliseconds: doubled from the first to the last, with up to half of jitter. */
const first = 1_000
const last = 60_000
/** Over how much those are spread that are told when to come again, milliseconds. */
const widest = 8_000

interface WaitBounds {
  /** Milliseconds that the API server asks for; no wait is shorter. */
  readonly retryAfter: number | null
  /** Longest wait, milliseconds. */
  readonly longest?: number
}

/**
 * Milliseconds to wait after so many failures in a row. All agents may have failed in the same moment, and an API server that is too busy
 * tells each of them the same time: those that fail again are spread over more and more of it.
 */
export function waitAfter(failures: number, { retryAfter, longest = last }: WaitBounds): number {
  const grown = Math.min(first * 2 ** (failures - 1), longest)
  return retryAfter === null
    ? grown * (1 + Math.random() / 2)
    : retryAfter + Math.min(grown, widest) * Math.random()
}

/** From 0 to 1, always the same for a Node, so that many agents do not call at the same time. */
export function shareOf(node: string): number {
  return createHash('sha256').update(node).digest().readUInt32BE() / 2 ** 32
}
