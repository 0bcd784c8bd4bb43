import { createHash } from 'node:crypto'

/** A short name for what is made of these: another when one of them is another. */
export function keyOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12)
}
