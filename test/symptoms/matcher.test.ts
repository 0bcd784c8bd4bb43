import { expect, test } from 'vitest'
import { loadShipped } from '#agent/catalog/load.ts'
import { createMatcher } from '#agent/symptoms/matcher.ts'

const matcher = createMatcher(loadShipped().catalog.values())

function matchText(text: string) {
  return matcher.match(Buffer.from(text))
}

test('the story', () => {
  const [first] = matchText('starting\nnsenter: failed to execute iscsiadm: No such file or directory\n')
  expect(first).toMatchObject({ check: 'open-iscsi', line: 2 })
})
