import { expect, test } from 'vitest'
import { found } from './found/found.ts'
import { reproduce } from './report.ts'
import { runTarget } from './run-target.ts'
import { targets } from './targets.ts'

test.each(targets)('$name: what went wrong once is well', async ({ name }) => {
  const ran = await runTarget({ what: 'found', target: name })
  const order = { what: 'found', target: name, seed: 0 } as const
  expect(ran.failures.map((failure) => reproduce(failure, order))).toEqual([])
  expect(ran.cases).toBe(Object.keys(found[name] ?? {}).length)
})
