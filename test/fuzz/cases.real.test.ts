import { describe, expect, test } from 'vitest'
import { reproduce, tableOf } from './report.ts'
import { runTarget } from './run-target.ts'
import { targets } from './targets.ts'
import type { Order } from './work.ts'

/** `npm run fuzz` and `npm run test:long` run more cases, and other seeds. */
const seed = 14

test('there are 10,000 cases', () => {
  expect(targets.reduce((sum, { share }) => sum + share, 0)).toBe(10_000)
})

describe.each(targets)('$name', ({ name, share, wanted }) => {
  const run = async (wish: Pick<Order, 'what'> & Partial<Order>) => {
    const ran = await runTarget({ target: name, seed, ...wish })
    console.log(tableOf([ran]))
    expect(ran.failures.map((failure) => reproduce(failure, { target: name, seed, ...wish }))).toEqual([])
    return ran
  }

  test(`${share} cases`, async () => {
    const { cases, outcomes } = await run({ what: 'cases', to: share })
    expect(cases).toBe(share)
    for (const [outcome, part] of Object.entries(wanted))
      expect(outcomes[outcome] ?? 0, `cases that came to ${outcome}`).toBeGreaterThanOrEqual(share * part)
  })

  /** As many as there is time for: the known shapes come first. */
  test('time grows with the input', async () => {
    await run({ what: 'growth', to: 200, bytes: 16_384, milliseconds: 2_000 })
  })
})
