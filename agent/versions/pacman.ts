import type { Order } from './order.ts'
import { compareDigits, firstOrder } from './order.ts'
import { compareText, parseRpmVersion } from './rpm.ts'

/** The order of pacman's vercmp(8): a release counts only when both have one. */
export function comparePacmanVersions(a: string, b: string): Order {
  const [left, right] = [parseRpmVersion(a), parseRpmVersion(b)]
  return firstOrder(
    () => compareDigits(left.epoch, right.epoch),
    () => alpmCompare(left.version, right.version),
    () => (left.release === '' || right.release === '' ? 0 : alpmCompare(left.release, right.release)),
  )
}

/** Like rpm's, but a longer separator wins, and letters at the end make a version older (1.0a < 1.0 < 1.0.1). */
function alpmCompare(a: string, b: string): Order {
  let [left, right] = [a, b]
  while (left !== '' && right !== '') {
    const [gap, otherGap] = [separator(left), separator(right)]
    ;[left, right] = [left.slice(gap), right.slice(otherGap)]
    if (left === '' || right === '') break
    if (gap !== otherGap) return gap < otherGap ? -1 : 1
    const isNumber = /^\d/.test(left)
    const pattern = isNumber ? /^\d+/ : /^[A-Za-z]+/
    const part = pattern.exec(left)?.[0] ?? ''
    const other = pattern.exec(right)?.[0] ?? ''
    if (other === '') return isNumber ? 1 : -1
    const order = isNumber ? compareDigits(part, other) : compareText(part, other)
    if (order !== 0) return order
    ;[left, right] = [left.slice(part.length), right.slice(other.length)]
  }
  if (left === '' && right === '') return 0
  if (left === '') return /^[A-Za-z]/.test(right) ? 1 : -1
  return /^[A-Za-z]/.test(left) ? -1 : 1
}

function separator(text: string): number {
  return /^[^A-Za-z0-9]*/.exec(text)?.[0].length ?? 0
}
