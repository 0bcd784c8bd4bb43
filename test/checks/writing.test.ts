import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { readCatalog } from '#agent/catalog/catalog.ts'
import { fileSchema } from '#agent/catalog/json-schema.ts'
import { lintCheck } from '#agent/catalog/lint/lint.ts'
import { readShipped } from '#agent/catalog/load.ts'
import { formatMistake } from '#agent/catalog/yaml/mistake.ts'
import { hostdeps } from '../hosts/cli.ts'

/** checks/WRITING.md, step by step, as it stands there. */
const lesson = readFileSync(new URL('../../checks/WRITING.md', import.meta.url), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'hostdeps-writing-'))
const file = join(folder, 'my-tool.yaml')
const [, indented = ''] = /```yaml\n( *# yaml-language-server[^`]+?) *```/.exec(lesson) ?? []
const example = indented.replace(/^ {3}/gm, '')
writeFileSync(file, example)
afterAll(() => rmSync(folder, { recursive: true }))

test('its lint has no mistake, and says what only a check for everybody must have', async () => {
  const { exitCode, stdout, stderr } = await hostdeps('checks', 'lint', file)
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(/^1 check file read, no mistakes, \d warnings$/),
  ])
  expect(stderr).toContain('has no source')
  expect(stderr).toContain('has no fix or note for suse, alpine, arch')
})

test('this host is asked, need by need', async () => {
  const { exitCode, stdout } = await hostdeps('check', 'my-tool', '--checks', folder, '-o', 'wide')
  expect(exitCode).toBe(3)
  expect(stdout).toMatch(/^my-tool +binary:my-tool +missing +BinaryNotFound/m)
  expect(stdout).toMatch(/^my-tool +check:open-iscsi/m)
})

test('for everybody it needs what the lesson says, and no more', () => {
  const { fix, ...rest } = parse(example)
  expect(lintAsShipped(example)).not.toEqual([])
  const note = { note: 'It cannot be had there.' }
  const everywhere = { all: note, bottlerocket: note, cos: note, flatcar: note, nixos: note, ...fix }
  const whole = { ...rest, fix: everywhere, sources: ['https://example.org/'] }
  expect(lintAsShipped(stringify(whole))).toEqual([])
})

test('its table names every kind of need, and nothing else', () => {
  const kinds = fileSchema().$defs?.['need']?.anyOf?.map(({ $ref }) => $ref?.split('/').at(-1))
  const [, table = ''] = /\| kinds \|.*\n\|.*\n((?:\|.*\n)+)/.exec(lesson) ?? []
  const named = [...table.matchAll(/`(\w+)`/g)].map(([, kind]) => kind)
  expect(new Set(named)).toEqual(new Set(kinds))
})

function lintAsShipped(text: string): string[] {
  const rules = { origin: 'shipped', allowCommands: true } as const
  const { catalog, mistakes } = readCatalog([...readShipped(), { file: 'my-tool.yaml', text, rules }])
  const check = catalog.get('my-tool')
  return [...mistakes, ...(check === undefined ? [] : lintCheck(check))].map(formatMistake)
}
