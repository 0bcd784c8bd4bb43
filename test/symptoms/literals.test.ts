import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { loadShipped } from '#agent/catalog/load.ts'
import { genericPatterns } from '#agent/symptoms/generic/generic-patterns.ts'
import { literalsOf, requirementsOf, specificityOf } from '#agent/symptoms/literals/literals.ts'
import { truncatedPattern } from '#agent/symptoms/literals/truncated.ts'

test.each<[string, readonly string[] | null]>([
  ['Frobnicator', ['frobnicator']],
  ['[Ff]rob (one|two)', ['frob one', 'frob two']],
  ['(?i)FroBx+', ['frob']],
  [String.raw`\d+ frobs?\b`, [' frob', ' frobs']],
  ['ab|frobnicator', null],
  ['(frob)?nicated', ['nicated', 'frobnicated']],
  ['(frobnicated)*', null],
  ['(frob)+', ['frob']],
  ['(?P<name>frob|nicator)', ['frob', 'nicator']],
  ['exec: "frob": x', ['exec: ']],
  [String.raw`a\.b\Qc.d*\E`, ['a.bc.d*']],
  ['frøbnicate', ['bnicate']],
  [String.raw`\S+: \d+`, null],
  ['abc', null],
  ['x{4}frob', ['frob']],
  [String.raw`a[\]f]frob`, ['a]frob', 'affrob']],
])('%s', (pattern, literals) => {
  expect(literalsOf(pattern)?.toSorted() ?? null).toEqual(literals?.toSorted() ?? null)
})

test('of a long text the rarest part is taken, and at most 14 bytes', () => {
  expect(literalsOf('failed to find the frobnicator: No such file or directory')?.[0]).toMatch(/frobn/)
})

test('how much a pattern fixes', () => {
  expect(specificityOf(String.raw`ab[cd]e?(f|gh)\d+`)).toBe(4)
})

const own = [...loadShipped().catalog.values()].flatMap(({ symptoms }) => symptoms.map(({ log }) => log))
const all = [...new Set([...own, ...genericPatterns.map(({ log }) => log)])]

test('each pattern that is shipped has a literal', () => {
  expect(all.filter((log) => literalsOf(log) === null)).toEqual([])
})

describe('a text that a pattern matches holds what it requires', () => {
  test.each(own.filter((log) => /^[\w ./:'-]+$/.test(log) && !log.includes('.')).map((log) => [log]))(
    '%s',
    (log) => {
      expect(literalsOf(log)?.every((text) => log.toLowerCase().includes(text))).toBe(true)
      expect(
        requirementsOf(log)
          .flat()
          .every((text) => log.toLowerCase().includes(text)),
      ).toBe(true)
    },
  )
})

describe('a pattern whose end may be cut off', () => {
  test('is valid RE2 for all patterns', () => {
    for (const log of all) {
      const cut = truncatedPattern(log)
      if (cut !== null) expect(() => RE2JS.compile(cut)).not.toThrow()
    }
  })

  test('matches each beginning that is long enough, and no other text', () => {
    const cut = RE2JS.compile(truncatedPattern('failed to execute iscsiadm: (No|none) such') ?? '')
    for (const text of [
      'x failed to execute',
      'failed to execute iscsi...',
      'failed to execute iscsiadm: No suc…',
    ])
      expect(cut.matcher(text).find()).toBe(true)
    for (const text of ['failed to', 'failed to execute other', 'failed to execute iscsi and more'])
      expect(cut.matcher(text).find()).toBe(false)
  })
})
