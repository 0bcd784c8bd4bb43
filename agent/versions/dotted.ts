import type { Order } from './order.ts'
import { rpmvercmp } from './rpm.ts'

/** The order of plain program versions: rpm's, so numbers count by value and `-rc1` has no special meaning. */
export function compareDottedVersions(a: string, b: string): Order {
  return rpmvercmp(a.replace(/^v/i, ''), b.replace(/^v/i, ''))
}

/** Finds the version in a program's output: the first dotted number that is not inside a word; null when there is none. */
export function findVersion(text: string): string | null {
  return /(?:^|[^\w.])[vV]?(\d+(?:\.\d+)+(?:[-~+]?(?:rc|alpha|beta|p)\.?\d+)?)/m.exec(text)?.[1] ?? null
}
