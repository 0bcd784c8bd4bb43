import type { Order } from './order.ts'
import { compareDigits, orderOf } from './order.ts'
import { compareText } from './rpm.ts'

const before = ['alpha', 'beta', 'pre', 'rc']
const after = ['cvs', 'svn', 'git', 'hg', 'p']
const form =
  /^(\d+(?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(?:~([0-9a-f]+))?(?:-r(\d+))?/

/** The kinds of parts in their order within a version. */
const kinds = ['first', 'number', 'letter', 'suffix', 'suffixNumber', 'commit', 'revision', 'end'] as const

interface Part {
  readonly kind: (typeof kinds)[number]
  readonly text: string
}

/**
 * The order of apk-tools: numbers, a letter, suffixes (`_rc1` before the release, `_p1` after it), a commit, the revision. The
 * first difference decides. Between two kinds of parts, the kind earlier in this list is newer, except a suffix that sorts
 * before the release. https://wiki.alpinelinux.org/wiki/APKBUILD_Reference#pkgver
 */
export function compareApkVersions(a: string, b: string): Order {
  const [left, right] = [partsOf(a), partsOf(b)]
  for (const [index, part] of left.entries()) {
    const other = right[index] ?? end
    const order = part.kind === other.kind ? compareParts(part, other) : compareKinds(part, other)
    if (order !== 0) return order
  }
  return 0
}

const end: Part = { kind: 'end', text: '' }

function partsOf(text: string): readonly Part[] {
  const [, numbers = '', letter = '', suffixes = '', commit = '', revision = ''] = form.exec(text) ?? []
  const [first = '', ...others] = numbers.split('.')
  const parts: readonly Part[] = [
    { kind: 'first', text: first },
    ...others.map((number) => ({ kind: 'number', text: number }) as const),
    { kind: 'letter', text: letter },
    ...suffixes.split('_').flatMap(suffixParts),
    { kind: 'commit', text: commit },
    { kind: 'revision', text: revision },
  ]
  return [...parts.filter((part) => part.text !== ''), end]
}

function suffixParts(suffix: string): readonly Part[] {
  const [, name = '', number = ''] = /^([a-z]*)(\d*)$/.exec(suffix) ?? []
  return [
    { kind: 'suffix', text: name },
    { kind: 'suffixNumber', text: number },
  ]
}

/** From the second number on, a leading zero makes it compare as a fraction. */
function compareParts({ kind, text }: Part, other: Part): Order {
  const isFraction = kind === 'number' && (text.startsWith('0') || other.text.startsWith('0'))
  if (isFraction || kind === 'letter' || kind === 'commit') return compareText(text, other.text)
  return kind === 'suffix' ? orderOf(weigh(text) - weigh(other.text)) : compareDigits(text, other.text)
}

function compareKinds(part: Part, other: Part): Order {
  if (part.kind === 'suffix' && weigh(part.text) < 0) return -1
  if (other.kind === 'suffix' && weigh(other.text) < 0) return 1
  return orderOf(kinds.indexOf(other.kind) - kinds.indexOf(part.kind))
}

/** Negative for suffixes that make a version older. */
function weigh(suffix: string): number {
  return before.includes(suffix) ? before.indexOf(suffix) - before.length : after.indexOf(suffix)
}
