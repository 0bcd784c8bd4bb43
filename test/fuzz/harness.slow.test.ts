import { expect, test } from 'vitest'
import { claimLines, claimTexts } from './claims/harmless.ts'
import { randomOf, randomOfCase } from './draw/random.ts'
import { runTarget } from './run-target.ts'

test('the same seed gives the same choices, another one others', () => {
  const choices = (seed: number, number: number) => {
    const random = randomOfCase(seed, 'x', number)
    return Array.from({ length: 8 }, () => random.below(1_000_000))
  }
  expect(choices(7, 1)).toEqual(choices(7, 1))
  expect(choices(7, 1)).not.toEqual(choices(7, 2))
  expect(choices(7, 1)).not.toEqual(choices(8, 1))
})

test('chance is even', () => {
  const random = randomOf(1)
  const drawn = Array.from({ length: 40_000 }, () => random.below(4))
  for (const one of [0, 1, 2, 3])
    expect(Math.abs(drawn.filter((other) => other === one).length - 10_000)).toBeLessThan(500)
})

test('what throws and what is wrong is reported once a sort, with its number', async () => {
  const ran = await runTarget({ what: 'cases', target: 'self', seed: 3, to: 60 })
  expect(ran.cases).toBe(60)
  const words = ran.failures.map(({ words }) => words.replace(/\d+/g, 'N'))
  expect(words.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'RangeError: out of a N b test/fuzz/targets/self.ts:N',
    'it lies',
  ])
  expect(ran.exceptions).toBe(ran.outcomes['failed'] ?? 0)
  const { number } = ran.failures[0] ?? { number: -1 }
  const again = await runTarget({ what: 'cases', target: 'self', seed: 3, from: number, to: number + 1 })
  expect(again).toMatchObject({ cases: 1, exceptions: 1 })
})

test('what does not end or takes all memory is reported, and the rest is run', async () => {
  const ran = await runTarget({ what: 'found', target: 'self', endless: 3_000 })
  expect(ran.failures.map(({ name, words }) => [name, words])).toEqual([
    ['does not end', 'does not end'],
    ['takes all memory', 'takes more than 128 MiB'],
  ])
  expect(ran).toMatchObject({ cases: 3, hangs: 2 })
  expect(ran.outcomes).toEqual({ fits: 1 })
})

test('what grows far faster than its input is reported', async () => {
  const ran = await runTarget({ what: 'growth', target: 'self', to: 4, bytes: 32_768, endless: 120_000 })
  expect(ran.failures.map(({ name }) => name)).toEqual(['cubic'])
  expect(ran).toMatchObject({ cases: 4, growths: 1 })
})

test.each(['\u001b[31m', 'a\rb', '\u202e', '\u061c', '\u2028', '\u200b', '\u{e0041}', '\u0085'])(
  '%j is not harmless',
  (text) => {
    expect(() => claimLines(text, 'it')).toThrow('not harmless')
    expect(() => claimTexts({ a: [{ b: text }] }, 'it')).toThrow('it.a[].b')
    expect(() => claimTexts({ [text]: 1 }, 'it')).toThrow('a key of it')
  },
)

test('lines are harmless where there may be several', () => {
  expect(() => claimLines('é\n日本\n', 'it')).not.toThrow()
  expect(() => claimTexts({ fix: 'a\nb' }, 'it', ['fix'])).not.toThrow()
  expect(() => claimTexts({ fix: 'a\nb' }, 'it')).toThrow('it.fix')
})
