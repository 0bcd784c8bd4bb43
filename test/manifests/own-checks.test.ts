import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { load } from '#agent/catalog/load.ts'

const text = readFileSync(new URL('../../manifests/base/own-checks.yaml', import.meta.url), 'utf8')

test('no example is active, and the one that is shown is a valid check once it is uncommented', () => {
  expect(parse(text)).toMatchObject({ kind: 'ConfigMap', data: null })
  const { data } = parse(text.replaceAll(/^  # /gm, '  '))
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-own-checks-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, check] of Object.entries<string>(data)) writeFileSync(join(folder, name), check)
  const { catalog } = load({ config: null, customChecks: folder, allowCommands: false })
  expect(catalog.get('example-data-disk')?.needs).toHaveLength(1)
})
