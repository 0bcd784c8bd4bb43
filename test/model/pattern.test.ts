import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { longestPattern, mostInstructions } from '#agent/model/bounds.ts'
import { estimateSize } from '#agent/model/pattern-size.ts'
import { findIn, readPattern } from '#agent/model/pattern.ts'
import type { Pattern } from '#agent/model/pattern.ts'

describe('the estimated size of a pattern is never below its compiled size:', () => {
  test.each([
    'abc',
    '()()',
    '(x{1,1000})?',
    String.raw`\pL{10}`,
    String.raw`\p{Greek}{5}`,
    String.raw`\Q(a[\E(b{10}){10}`,
    String.raw`(AAAA\Q)\E){100}`,
    '(AAAAAAAA[(]x){100}',
    '(AAAAAAAA[])]x){100}',
    '(AAAAAAAA[^])]x){100}',
    '(AAAAAAAA[[:alpha:])]x){100}',
    String.raw`(AAAAAAAA\)x){100}`,
    String.raw`([\]()]x{9}){9}`,
    String.raw`\x{1F600}{7}`,
    '(?P<name>a{3,}){4}',
    'a|b|c|d{3}',
    '((((a{2}){2}){2}){2}){2}',
    'a{,5}{3}',
  ])('%s', (text) => {
    expect(estimateSize(text) + 3).toBeGreaterThanOrEqual(RE2JS.compile(text).programSize())
  })

  test('of random patterns too', () => {
    const parts = [
      'a',
      '(',
      '(?:',
      ')',
      ')',
      '[',
      '[^',
      ']',
      '{2}',
      '{3,}',
      '{1,4}',
      '*',
      '?',
      '|',
      '.',
      '^',
    ].concat([
      String.raw`\d`,
      String.raw`\pL`,
      String.raw`\Q`,
      String.raw`\E`,
      String.raw`\)`,
      '[[:alpha:]]',
      '[]x]',
      '😀',
    ])
    const next = chance(1)
    let compiled = 0
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: 1 + next(14) }, () => parts[next(parts.length)]).join('')
      const size = sizeOf(text)
      if (size === null) continue
      compiled++
      expect(estimateSize(text) + 3, text).toBeGreaterThanOrEqual(size)
    }
    console.log(`${compiled} of 20000 are patterns`)
    expect(compiled).toBeGreaterThan(1_000)
  })
})

test('patterns as people write them are accepted', () => {
  for (const text of [
    '^InitiatorName=(iqn|eui|naa)\\.',
    String.raw`\b\d{1,3}(\.\d{1,3}){3}\b`,
    '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
    '[0-9a-f]{64}',
    'a'.repeat(longestPattern),
  ])
    expect(readPattern(text)).toMatchObject({ text })
})

test.each<[string, string, RegExp]>([
  ['what repeats too much', '(x{1,1000})?'.repeat(80), /too large a pattern/],
  ['what repeats repeats', '((a{10}){10}){10}(b{1000}){1}', /too large a pattern/],
  ['more than may be written', 'a'.repeat(longestPattern + 1), /more than 1000 characters/],
  ['what is none', '(', /is not a pattern in RE2 syntax: /],
])('%s is not', (_, text, wanted) => {
  expect(readPattern(text)).toEqual({ error: expect.stringMatching(wanted) })
})

test('a pattern is searched only if that is cheap, and once per file', () => {
  const small = patternOf('a[bc]d')
  const large = patternOf(`(?:x{${mostInstructions / 4}})y`)
  expect(findIn(small, { text: `${' '.repeat(1_000_000)}abd` })).toBe(true)
  expect(findIn(large, { text: ' '.repeat(1_000_000) })).toBeNull()
  expect(findIn(large, { text: ' '.repeat(1_000) })).toBe(false)
  let looks = 0
  const file = {
    get text() {
      looks++
      return 'abd'
    },
  }
  expect([findIn(small, file), findIn(small, file)]).toEqual([true, true])
  expect(looks).toBe(2)
})

function patternOf(text: string): Pattern {
  const read = readPattern(text)
  if ('error' in read) throw new Error(read.error)
  return read
}

function sizeOf(text: string): number | null {
  try {
    return RE2JS.compile(text).programSize()
  } catch {
    return null
  }
}

/** Numbers below one, the same in each run. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return (state >> 8) % below
  }
}
