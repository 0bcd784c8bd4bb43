import { expect, test } from 'vitest'
import { memoizeLast } from '#agent/model/memoize-last.ts'

test('the result is made once while the argument stays the same', () => {
  let made = 0
  const make = memoizeLast((given: string | null) => ({ given, number: ++made }))
  const first = make('a')
  expect(make('a')).toBe(first)
  expect(make(null)).toEqual({ given: null, number: 2 })
  expect(make(null)).toBe(make(null))
  expect(make('a')).toEqual({ given: 'a', number: 3 })
})
