import { expect, test } from 'vitest'
import { waitAfter } from '#agent/publish/backoff.ts'

const agents = 5_000

interface Herd {
  /** Tries by second. */
  readonly bySecond: readonly number[]
  /** All of them, in vain or not. */
  readonly tries: number
}

/** All agents ask in the first second, until they are accepted; `answer` says what is accepted, by the second and how many it was asked in it. */
function herd(answer: (second: number, before: number) => 'accepted' | { retryAfter: number | null }): Herd {
  const bySecond: number[] = []
  let waiting = Array.from({ length: agents }, () => ({ at: 0, failures: 0 }))
  for (let second = 0; waiting.length > 0; second++) {
    const [due, later] = [
      waiting.filter(({ at }) => at < (second + 1) * 1_000),
      waiting.filter(({ at }) => at >= (second + 1) * 1_000),
    ]
    bySecond.push(due.length)
    const refused = due.flatMap(({ at, failures }, index) => {
      const said = answer(second, index)
      return said === 'accepted' ? [] : [{ at: at + waitAfter(failures + 1, said), failures: failures + 1 }]
    })
    waiting = [...later, ...refused]
  }
  return { bySecond, tries: bySecond.reduce((sum, one) => sum + one, 0) }
}

test('an API server that takes 500 a second, and asks the others to wait a second, is not asked by all each second', () => {
  const { bySecond, tries } = herd((_, before) => (before < 500 ? 'accepted' : { retryAfter: 1_000 }))
  console.log(`tries by second: ${bySecond.join(' ')}; ${(tries / agents).toFixed(1)} for each agent`)
  // With the same wait for all it would be 27,500.
  expect(tries).toBeLessThan(4 * agents)
  expect(Math.max(...bySecond.slice(5))).toBeLessThan(agents / 4)
})

test('an API server that comes back after 30 s is not asked by all in the same second', () => {
  const { bySecond } = herd((second) => (second < 30 ? { retryAfter: null } : 'accepted'))
  console.log(`tries by second: ${bySecond.join(' ')}`)
  expect(Math.max(...bySecond.slice(30))).toBeLessThan(agents / 5)
})
