import { expect, test } from 'vitest'
import { readResults } from './results.ts'
import { inputHash, rows } from './rows.ts'

test.each(rows)('$name was run with the inputs that it has now, and nothing failed', (row) => {
  const result = readResults().find(({ name }) => name === row.name)
  const wanted = { inputs: inputHash(row), failed: '0' }
  expect(result, `run: npm run test:long -- '${row.name}'`).toMatchObject(wanted)
})
