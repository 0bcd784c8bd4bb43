import type { Order } from './order.ts'
import { compareDigits, firstOrder, orderOf } from './order.ts'

interface DebVersion {
  readonly epoch: string
  readonly upstream: string
  readonly revision: string
}

/** The order of dpkg: https://www.debian.org/doc/debian-policy/ch-controlfields.html#version */
export function compareDebVersions(a: string, b: string): Order {
  const [left, right] = [parseDebVersion(a), parseDebVersion(b)]
  return firstOrder(
    () => compareDigits(left.epoch, right.epoch),
    () => comparePart(left.upstream, right.upstream),
    () => comparePart(left.revision, right.revision),
  )
}

function parseDebVersion(text: string): DebVersion {
  const colon = text.indexOf(':')
  const rest = text.slice(colon + 1)
  const dash = rest.lastIndexOf('-')
  return {
    epoch: colon === -1 ? '' : text.slice(0, colon),
    upstream: dash === -1 ? rest : rest.slice(0, dash),
    revision: dash === -1 ? '' : rest.slice(dash + 1),
  }
}

/** Alternates between non-digits, compared by weight, and digits, compared by value. */
function comparePart(a: string, b: string): Order {
  let [left, right] = [a, b]
  while (left !== '' || right !== '') {
    const [words, others] = [/^\D*/.exec(left)?.[0] ?? '', /^\D*/.exec(right)?.[0] ?? '']
    const byWords = compareWords(words, others)
    if (byWords !== 0) return byWords
    ;[left, right] = [left.slice(words.length), right.slice(others.length)]
    const [digits, rivals] = [/^\d*/.exec(left)?.[0] ?? '', /^\d*/.exec(right)?.[0] ?? '']
    const byDigits = compareDigits(digits, rivals)
    if (byDigits !== 0) return byDigits
    ;[left, right] = [left.slice(digits.length), right.slice(rivals.length)]
  }
  return 0
}

function compareWords(a: string, b: string): Order {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = weigh(a, index) - weigh(b, index)
    if (difference !== 0) return orderOf(difference)
  }
  return 0
}

/** A tilde sorts before the end of the text, letters before other characters. */
function weigh(text: string, index: number): number {
  const character = text.charAt(index)
  if (character === '~') return -1
  if (character === '') return 0
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256
}
