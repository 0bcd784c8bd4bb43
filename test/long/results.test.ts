import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { failures, failuresHash } from '../cluster/nodes/failures.ts'
import { readResults } from './results.ts'
import { inputHash, rows } from './rows.ts'

test.each(rows)('$name was run with the inputs that it has now, and nothing failed', (row) => {
  const result = readResults().find(({ name }) => name === row.name)
  const wanted = { inputs: inputHash(row), failed: '0' }
  expect(result, `run: npm run test:long -- '${row.name}'`).toMatchObject(wanted)
})

test('twenty failures were tried as they are now, each with its answer', () => {
  const table = readFileSync(new URL('FAILURES.md', import.meta.url), 'utf8')
  expect(table, 'run: npm run test:long -- failures').toContain(`<!-- inputs: ${failuresHash()} -->`)
  for (const { what } of failures) expect(table).toContain(`| ${what} |`)
  expect(table).not.toContain('no answer')
})
