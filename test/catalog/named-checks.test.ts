import { expect, test } from 'vitest'
import { knownNames, reachableTexts } from '#agent/catalog/named-checks.ts'
import type { KnownText } from '#agent/catalog/named-checks.ts'

const files = [
  file('a', { needs: [{ check: 'b' }, { anyOf: [{ binary: 'x' }, { check: 'c' }] }] }),
  file('b', { needs: [{ unit: 'u', conflicts: { d: 'One or the other.' } }], aliases: ['bee'] }),
  file('c', { needs: [{ check: 'a' }] }),
  file('d', { needs: [{ check: 'e' }] }),
  file('e', { needs: [{ binary: 'f' }] }),
  file('f', { needs: [{ binary: 'x' }] }),
]

test.each([
  [['e'], ['e']],
  [['d'], ['d', 'e']],
  [['b'], ['b', 'd', 'e']],
  [['a'], ['a', 'b', 'c', 'd', 'e']],
  [
    ['f', 'e'],
    ['e', 'f'],
  ],
  [['nowhere'], []],
])('%j reaches %j', (names, reached) => {
  expect(reachableTexts(files, names).map((one) => one.file)).toEqual(
    reached.map((name) => `dir/${name}.yaml`),
  )
})

test('all names and aliases are known, whatever is reachable', () => {
  expect(knownNames(files)).toEqual({ names: ['a', 'b', 'c', 'd', 'e', 'f'], aliases: { bee: 'b' } })
})

function file(name: string, value: object): KnownText {
  return { file: `dir/${name}.yaml`, text: '', value, rules: { origin: 'shipped', allowCommands: true } }
}
