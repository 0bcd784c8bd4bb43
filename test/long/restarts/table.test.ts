import { expect, test } from 'vitest'
import { cases } from './cases.ts'
import type { Case } from './cases.ts'
import { isAsItShould } from './table.ts'
import type { Outcome } from './table.ts'

const caseOf = (name: string): Case => {
  const found = cases.find((one) => one.name === name)
  if (found === undefined) throw new Error(`there is no case ${name}`)
  return found
}
const left: Outcome = { isRestarted: false, isReady: false, why: null }
const leftReady: Outcome = { ...left, isReady: true }
const restarted: Outcome = { ...left, isRestarted: true }
const restartedReady: Outcome = { ...restarted, isReady: true }

test.each([
  ['iscsi', [restartedReady], [left, restarted, leftReady]],
  ['own-bug', [left], [restarted, restartedReady]],
  ['was-iscsi', [leftReady], [left, restarted, restartedReady]],
])('of %s only the right outcome is right', (name, right, wrong) => {
  for (const one of right) expect(isAsItShould(caseOf(name), one)).toBe(true)
  for (const one of [...wrong, undefined]) expect(isAsItShould(caseOf(name), one)).toBe(false)
})

test('each case is in the table once', () => {
  expect(new Set(cases.map(({ what }) => what)).size).toBe(cases.length)
})
