import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { load } from '#agent/catalog/load.ts'
import { folder, generated } from '../../checks/generate.ts'

const { catalog } = load({ config: null, customChecks: null, allowCommands: false })

test.each(Object.entries(generated([...catalog.values()])))(
  'checks/%s is what "npm run generate" makes of the checks',
  (name, text) => {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(text)
  },
)
