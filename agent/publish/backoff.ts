import { createHash } from 'node:crypto'

/** Waits between failed tries, milliseconds: doubled from the first to the last, with up to a quarter of jitter. */
const first = 1_000
const last = 60_000

interface WaitBounds {
  /** Milliseconds that the API server asks for; they are used instead. */
  readonly retryAfter: number | null
  /** Longest wait, milliseconds. */
  readonly longest?: number
}

/** Milliseconds to wait after so many failures in a row. */
export function waitAfter(failures: number, { retryAfter, longest = last }: WaitBounds): number {
  const wait = retryAfter ?? Math.min(first * 2 ** (failures - 1), longest)
  return wait * (1 + Math.random() / 4)
}

/** From 0 to 1, always the same for a Node, so that many agents do not call at the same time. */
export function shareOf(node: string): number {
  return createHash('sha256').update(node).digest().readUInt32BE() / 2 ** 32
}
