import { expect, test } from 'vitest'
import { prepareScan } from '#agent/symptoms/scan/line-scanner.ts'

/** Always the same numbers from 0 to 1. */
function randomFrom(seed: number) {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

test('it finds what includes() finds, with texts in texts and in both cases', () => {
  const random = randomFrom(1)
  const word = (longest: number) =>
    Array.from({ length: 1 + Math.floor(random() * longest) }, () => 'abAB '[Math.floor(random() * 5)]).join(
      '',
    )
  for (let round = 0; round < 200; round++) {
    const texts = [...new Set(Array.from({ length: 6 }, () => word(5).toLowerCase()))]
    const { find } = prepareScan(texts)
    const line = word(60)
    const found = find(Buffer.from(line)).map((index) => texts[index])
    expect(new Set(found)).toEqual(new Set(texts.filter((text) => line.toLowerCase().includes(text))))
  }
})

test('nothing is found over a line break, and lines are counted', () => {
  const lines: [number, string, readonly number[]][] = []
  const scanner = prepareScan(['abab', 'bab']).open(
    ({ number, bytes, found }) => lines.push([number, bytes.toString(), found.map(({ text }) => text)]),
    () => false,
  )
  scanner.push(Buffer.from('ab\nab\n\nxBABx\nabab'))
  scanner.end()
  expect(lines).toEqual([
    [4, 'xBABx', [1]],
    [5, 'abab', [0, 1]],
  ])
})
