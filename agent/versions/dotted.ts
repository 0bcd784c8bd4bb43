import type { Order } from './order.ts'
import { rpmvercmp } from './rpm.ts'

/** The order of plain program versions: numbers between dots by value, `1.2` = `1.2`, `1.2-rc1` before nothing special. */
export function compareDottedVersions(a: string, b: string): Order {
  return rpmvercmp(a.replace(/^v/i, ''), b.replace(/^v/i, ''))
}

/** The version number in what a program prints: the first dotted number that does not stand inside a word; null when none does. */
export function findVersion(text: string): string | null {
  return /(?:^|[^\w.])[vV]?(\d+(?:\.\d+)+(?:[-~+]?(?:rc|alpha|beta|p)\.?\d+)?)/m.exec(text)?.[1] ?? null
}
