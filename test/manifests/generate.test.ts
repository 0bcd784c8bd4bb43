import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { load } from '../../agent/catalog/load.ts'
import { renderWorkloadsPolicy, workloadsPolicy } from '../../manifests/generate.ts'

test('the policy of known workloads is what "npm run generate" makes of the checks', () => {
  const { catalog } = load({ config: null, ownChecks: null, allowCommands: false })
  expect(readFileSync(workloadsPolicy, 'utf8')).toBe(renderWorkloadsPolicy([...catalog.values()]))
})
