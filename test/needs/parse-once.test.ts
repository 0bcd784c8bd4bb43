import { expect, test } from 'vitest'
import { parseOnce } from '#agent/needs/parts/parse-once.ts'

test('one answer is parsed once, another with the same text again', () => {
  const parsed: string[] = []
  const parse = parseOnce((text) => {
    parsed.push(text)
    return text === '' ? undefined : text.length
  })
  const [first, second, empty] = [{ text: 'abc' }, { text: 'abc' }, { text: '' }]
  expect([parse(first), parse(first), parse(second), parse(empty), parse(empty)]).toEqual([
    3,
    3,
    3,
    undefined,
    undefined,
  ])
  expect(parsed).toEqual(['abc', 'abc', ''])
})
