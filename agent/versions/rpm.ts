import type { Order } from './order.ts'
import { compareDigits, firstOrder } from './order.ts'

/** The order of rpm for `epoch:version-release`; a missing epoch is 0. https://rpm.org/docs/latest/man/rpm-version.7 */
export function compareRpmVersions(a: string, b: string): Order {
  const [left, right] = [parseRpmVersion(a), parseRpmVersion(b)]
  return firstOrder(
    () => compareDigits(left.epoch, right.epoch),
    () => rpmvercmp(left.version, right.version),
    () => (left.release === '' || right.release === '' ? 0 : rpmvercmp(left.release, right.release)),
  )
}

export function parseRpmVersion(text: string): { epoch: string; version: string; release: string } {
  const [, epoch = '', version = '', release = ''] = /^(?:(\d*):)?(.*?)(?:-([^-]*))?$/s.exec(text) ?? []
  return { epoch, version, release }
}

/** rpm's order of one part: ~ sorts before the end, ^ after the end but before anything else. */
export function rpmvercmp(a: string, b: string): Order {
  let [left, right] = [a, b]
  for (;;) {
    left = left.replace(/^[^A-Za-z0-9~^]+/, '')
    right = right.replace(/^[^A-Za-z0-9~^]+/, '')
    const mark = compareMarks(left, right)
    if (mark === 'next') {
      ;[left, right] = [left.slice(1), right.slice(1)]
      continue
    }
    if (mark !== null) return mark
    if (left === '' || right === '') return endOrder(left, right)
    const [part, other] = [firstSegment(left), sameSegment(left, right)]
    if (other === '') return /^\d/.test(part) ? 1 : -1
    const order = /^\d/.test(part) ? compareDigits(part, other) : compareText(part, other)
    if (order !== 0) return order
    ;[left, right] = [left.slice(part.length), right.slice(other.length)]
  }
}

/** The order by a leading ~ or ^ of either; null when neither has one. */
function compareMarks(left: string, right: string): Order | 'next' | null {
  const [a, b] = [left.charAt(0), right.charAt(0)]
  if (a === '~' || b === '~') return a === b ? 'next' : a === '~' ? -1 : 1
  if (a !== '^' && b !== '^') return null
  if (a === b) return 'next'
  if (left === '') return -1
  if (right === '') return 1
  return a === '^' ? -1 : 1
}

function endOrder(left: string, right: string): Order {
  if (left === right) return 0
  return left === '' ? -1 : 1
}

function firstSegment(text: string): string {
  return /^(\d+|[A-Za-z]+)/.exec(text)?.[0] ?? ''
}

/** The first segment of `other`, if it has the same type as that of `text`. */
function sameSegment(text: string, other: string): string {
  return (/^\d/.test(text) ? /^\d+/ : /^[A-Za-z]+/).exec(other)?.[0] ?? ''
}

export function compareText(a: string, b: string): Order {
  return a === b ? 0 : a < b ? -1 : 1
}
