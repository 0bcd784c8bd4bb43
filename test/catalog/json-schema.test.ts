import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readCheckFile } from '#agent/catalog/check-file.ts'
import { fileSchema } from '#agent/catalog/json-schema.ts'
import { readShipped } from '#agent/catalog/load.ts'
import { parseRange, rangePattern } from '#agent/versions/range.ts'
import { oneOfEach } from '../needs/one-of-each.ts'

const schema = fileSchema() as Node
// A condition says no type, and requires keys that the object beside it explains.
const ajv = new Ajv2020({ strictTypes: false, strictRequired: false, validateFormats: false })
const validate = ajv.compile(schema)
const head = 'title: t\nwhy: It is needed.\nneeds:\n'

test.each(readShipped().map(({ file, text }) => [file.split('/').at(-1), text] as const))(
  '%s is what the schema says',
  (_, text) => {
    expect([validate(parse(text)), validate.errors]).toEqual([true, null])
  },
)

test('the check in WRITING.md is valid too', () => {
  const lesson = readFileSync(new URL('../../checks/WRITING.md', import.meta.url), 'utf8')
  const [, example = ''] = /```yaml\n( *# yaml-language-server[^`]+)```/.exec(lesson) ?? []
  expect([validate(parse(example)), validate.errors]).toEqual([true, null])
})

test.each(Object.entries(oneOfEach))('a need of the kind %s is valid', (_, need) => {
  expect([validate(parse(`${head}  - ${need}\n`)), validate.errors]).toEqual([true, null])
})

describe("what the reader refuses, the editor's schema refuses too:", () => {
  test.each([
    ['a key that is not known', `${head}  - binary: a\n    rn: [a]`],
    ['two kinds in one need', `${head}  - binary: a\n    package: b`],
    ['no need', 'title: t\nwhy: w\nneeds: []'],
    ['a need that is a word', `${head}  - iscsiadm`],
    ['a title that is a story', `${head.replace('title: t', `title: ${'t'.repeat(81)}`)}  - binary: a`],
    ['a distribution that is not known', `${head}  - binary: a\nfix:\n  debain: { packages: [a] }`],
    ['the same in a need', `${head}  - binary: a\n    fix: { debain: { packages: [a] } }`],
    ['a fix without an entry', `${head}  - binary: a\nfix: {}`],
    ['a fix that says nothing', `${head}  - binary: a\nfix: { all: {} }`],
    ['a shell in the name of a package', `${head}  - binary: a\nfix: { all: { packages: ['a; b'] } }`],
    ['a fix where a check is taken in', `${head}  - check: a\n    fix: { all: { note: It is. } }`],
    ['a process where a check is taken in', `${head}  - check: a\n    in: { process: kubelet }`],
    ['a process of alternatives', `${head}  - anyOf: [{ binary: a }]\n    in: { process: kubelet }`],
    ['no alternative', `${head}  - anyOf: []`],
    ['a mistake within alternatives', `${head}  - anyOf: [{ binary: a, rn: [a] }]`],
    ['a version without an operator', `${head}  - kernelVersion: '5.4'`],
    ['a version without a program that prints it', `${head}  - binary: a\n    version: '>=2'`],
    ['a range that is none', `${head}  - package: a\n    version: '>= two'`],
    ['a kernel without an operator', `${head}  - binary: a\n    when: { kernel: '5' }`],
    ['a source that is no address', `${head}  - binary: a\n    source: see there`],
    ['a source of another kind', `${head}  - binary: a\n    source: ftp://example.org/`],
    ['a name that is a pattern', `${head}  - package: bas*`],
    ['a path that is none', `${head}  - file: etc/os-release`],
    [
      'a file that must not be there, and be executable',
      `${head}  - file: { path: /a, exists: false, mode: '0755' }`,
    ],
    ['the content of a folder', `${head}  - file: { path: /a, type: directory, matches: abc }`],
    ['a mode that is a number', `${head}  - file: { path: /a, mode: 644 }`],
    ['a template of units', `${head}  - unit: getty@.service`],
    ['a state that no unit has', `${head}  - unit: a\n    state: running`],
    ['two bounds of a setting', `${head}  - sysctl: vm.max_map_count\n    min: 1\n    max: 2`],
    ['a device elsewhere', `${head}  - device: /etc/fuse`],
    ['a size of pages that none has', `${head}  - hugepages: { size: 3Mi }`],
    ['cgroups of which nothing is asked', `${head}  - cgroup: {}`],
    ['a CPU of which nothing is asked', `${head}  - cpuFeature: {}`],
    ['a mode of AppArmor', `${head}  - lsm: { name: apparmor, mode: enforcing }`],
    ['a length of time in words', `${head}  - certificate: { path: /a, valid: a week }`],
    ['no limit', `${head}  - limits: { process: kubelet }`],
    ['a disk of which nothing is asked', `${head}  - disk: { path: /var }`],
    ['a share of more than all', `${head}  - disk: { path: /var, free: 110% }`],
    ['a mount of which nothing is asked', `${head}  - mount: { of: /var }`],
    ['a port that there is not', `${head}  - port: 65536`],
    ['a clock that is right', `${head}  - clock: right`],
    ['a symptom that means nothing', `${head}  - binary: a\nsymptoms: [{ log: abc }]`],
  ])('%s', (_, text) => {
    expect(readCheckFile('c.yaml', text, { origin: 'shipped', allowCommands: true })).toHaveProperty(
      'mistakes',
    )
    expect(validate(parse(text))).toBe(false)
  })
})

test.each([
  '>=5.4',
  '>= 5.4',
  ' >=5.4  <6.8 ',
  '>=5.4 <6.8 || >=6.9.2',
  '>=5.4||<3',
  '=1:2.3~rc1+b^1-4',
  '!=5',
  '5.4',
  '',
  ' ',
  '||',
  '>=5.4 ||',
  '>=5.4 | <6',
  '>=5.4 5.5',
  '>=v5',
  '>=5.4 and',
  '> =5',
  '>=',
  '>=5,<6',
])('%j is a range by its pattern when it is one', (text) => {
  expect(new RegExp(rangePattern, 'u').test(text)).toBe('range' in parseRange(text))
})

test('every key is explained', () => {
  expect(keysIn(schema, 'a check').filter(({ words }) => words === '')).toEqual([])
  expect(keysIn(schema, 'a check').length).toBeGreaterThan(100)
})

test("VS Code validates the repository's files with it", () => {
  const settings = JSON.parse(readFileSync(new URL('../../.vscode/settings.json', import.meta.url), 'utf8'))
  expect(settings).toEqual({ 'yaml.schemas': { './checks/check.schema.json': 'checks/*.yaml' } })
  expect(
    JSON.parse(readFileSync(new URL('../../checks/check.schema.json', import.meta.url), 'utf8')),
  ).toEqual(schema)
})

interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly description?: string
  readonly [key: string]: unknown
}

/** Every key of an object anywhere in it, with its words; what a condition names is none. */
function keysIn(node: unknown, place: string): { key: string; words: string }[] {
  if (typeof node !== 'object' || node === null) return []
  const { properties = {}, ...rest } = node as Node
  const own = Object.entries(properties).map(([key, value]) => ({
    key: `${place}.${key}`,
    words: value.description ?? '',
  }))
  const inner = Object.entries({ ...properties, ...rest }).filter(([key]) => key !== 'allOf')
  return [...own, ...inner.flatMap(([key, value]) => keysIn(value, `${place}.${key}`))]
}
