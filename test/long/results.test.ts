import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { failures, failuresHash } from '../cluster/nodes/failures.ts'
import { readResults } from './results.ts'
import { cases, restartsHash } from './restarts/cases.ts'
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

test('who restarts what was tried with the cases as they are now, and hostdeps was right in each', () => {
  const table = readFileSync(new URL('RESTARTS.md', import.meta.url), 'utf8')
  expect(table, 'run: npm run test:long -- restarts').toContain(`<!-- inputs: ${restartsHash()} -->`)
  const cells = table.split('\n').map((line) => line.split(' | '))
  for (const { what } of cases) {
    const [, , byHostdeps] = cells.find(([first]) => first === `| ${what}`) ?? []
    expect(byHostdeps, what).toMatch(/^(?:restarted, and Ready|left alone)/)
  }
})
