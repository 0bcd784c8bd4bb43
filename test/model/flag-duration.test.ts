import { expect, test } from 'vitest'
import { parseFlagDuration } from '#agent/model/duration.ts'

test.each<[string, number | null]>([
  ['0', 0],
  ['90', 90_000],
  ['90s', 90_000],
  ['1m30s', 90_000],
  ['2h', 7_200_000],
  ['1h15m30.5s', 4_530_500],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['300ms', 300],
  ['1us', 1],
  ['7d', 604_800_000],
  ['', null],
  ['m', null],
  ['-1s', null],
  ['1m30', null],
  ['1m 30s', null],
  ['1d12h', null],
  ['1e3s', null],
  ['soon', null],
])('%s', (text, milliseconds) => {
  expect(parseFlagDuration(text)).toBe(milliseconds)
})
