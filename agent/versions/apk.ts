import type { Order } from './order.ts'
import { compareDigits, firstOrder, orderOf } from './order.ts'
import { compareText } from './rpm.ts'

const before = ['alpha', 'beta', 'pre', 'rc']
const after = ['cvs', 'svn', 'git', 'hg', 'p']
const form =
  /^(\d+(?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(?:~[0-9a-f]+)?(?:-r(\d+))?/

/** The order of apk-tools: numbers, a letter, suffixes (`_rc1` before, `_p1` after), the revision. https://wiki.alpinelinux.org/wiki/APKBUILD_Reference#pkgver */
export function compareApkVersions(a: string, b: string): Order {
  const [left, right] = [parseApk(a), parseApk(b)]
  return firstOrder(
    () => compareNumbers(left.numbers, right.numbers),
    () => compareText(left.letter, right.letter),
    () => compareSuffixes(left.suffixes, right.suffixes),
    () => compareDigits(left.revision, right.revision),
  )
}

function parseApk(text: string) {
  const [, numbers = '', letter = '', suffixes = '', revision = ''] = form.exec(text) ?? []
  return { numbers: numbers.split('.'), letter, suffixes: suffixes.split('_').filter(Boolean), revision }
}

/** From the second number on, one with a leading zero is compared as a fraction. */
function compareNumbers(left: readonly string[], right: readonly string[]): Order {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [a, b] = [left[index], right[index]]
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1
    const isFraction = index > 0 && (a.startsWith('0') || b.startsWith('0'))
    const order = isFraction ? compareText(a, b) : compareDigits(a, b)
    if (order !== 0) return order
  }
  return 0
}

function compareSuffixes(left: readonly string[], right: readonly string[]): Order {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [a, b] = [splitSuffix(left[index]), splitSuffix(right[index])]
    const order = firstOrder(
      () => orderOf(a.weight - b.weight),
      () => compareDigits(a.number, b.number),
    )
    if (order !== 0) return order
  }
  return 0
}

/** None weighs 0, those that make a version older are below it, the others above. */
function splitSuffix(suffix: string | undefined): { weight: number; number: string } {
  const [, name = '', number = ''] = /^([a-z]+)(\d*)$/.exec(suffix ?? '') ?? []
  if (before.includes(name)) return { weight: before.indexOf(name) - before.length, number }
  return { weight: after.indexOf(name) + 1, number }
}
