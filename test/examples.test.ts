import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { load } from '#agent/catalog/load.ts'
import { conditionType } from '#agent/model/names.ts'

const folder = new URL('../examples', import.meta.url).pathname
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
const { catalog } = load({ config: null, customChecks: null, allowCommands: false })
const conditions = [...catalog.keys()].map(conditionType)

test.each(files)('%s: every check that it names is one', (file) => {
  const text = readFileSync(join(folder, file), 'utf8')
  for (const document of parseAllDocuments(text)) expect(document.errors).toEqual([])
  const named = [
    ...[...text.matchAll(/hostdeps\.dev\/([a-z0-9-]+)/g)].flatMap(([, name = '']) =>
      ['requires', 'gate'].includes(name) ? [] : [name],
    ),
    ...[...text.matchAll(/hostdeps\.dev\/requires: (.*)/g)].flatMap(([, names = '']) => names.split(/, */)),
    ...[...text.matchAll(/\/ready\/([a-z0-9-]+)/g)].map(([, name = '']) => name),
    ...[...text.matchAll(/--for, ([a-z0-9-]+)/g)].map(([, name = '']) => name),
  ]
  for (const name of named) expect([...catalog.keys()]).toContain(name)
  const types = [...text.matchAll(/hostdeps\.dev\/[A-Z]\w+/g)].map(([type]) => type)
  for (const type of types) expect(conditions).toContain(type)
  expect(named.length + types.length + Number(text.includes('--url'))).toBeGreaterThan(0)
})

test('the table of the README names every file', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  for (const file of files) expect(readme).toContain(`(${file})`)
})
