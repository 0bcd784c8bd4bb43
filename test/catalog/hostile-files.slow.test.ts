import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { readCatalog } from '#agent/catalog/catalog.ts'
import { readCheckFile } from '#agent/catalog/check-file.ts'
import { readConfig, readUsableConfig } from '#agent/catalog/config.ts'
import { followFiles } from '#agent/catalog/follow.ts'
import type { Followed } from '#agent/catalog/follow.ts'
import { load, loadUsable } from '#agent/catalog/load.ts'
import { loadConfig } from '#agent/catalog/load-config.ts'
import { formatMistake, Mistakes } from '#agent/catalog/yaml/mistake.ts'
import type { Rules } from '#agent/catalog/custom/rules.ts'
import { longestMistake, mostMistakes, mostNeeds } from '#agent/model/bounds.ts'
import { oneOfEach } from '../needs/one-of-each.ts'
import { head } from './hostile-maps.ts'

const own: Rules = { origin: 'custom', allowCommands: false }
const folder = mkdtempSync(join(tmpdir(), 'hostdeps-hostile-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fileOf = (name: string, text: string) => ({ file: `${name}.yaml`, text, rules: own })
const inside = (depth: number) => `${'{anyOf: ['.repeat(depth)}{binary: x}${']}'.repeat(depth)}`
const list = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at)).join('')

function mistakesOf(text: string): string[] {
  const read = readCheckFile('c.yaml', text, own)
  return 'mistakes' in read ? read.mistakes.map(formatMistake) : []
}

function mistakesIn(texts: readonly ReturnType<typeof fileOf>[]): string[] {
  return readCatalog(texts).mistakes.map(formatMistake)
}

describe('what makes other parsers throw, hang or exhaust memory is a mistake with its line:', () => {
  test.each<[what: string, text: string, wanted: RegExp]>([
    [
      'an alias without an anchor',
      'title: t\nwhy: *nope\nneeds: [{ binary: x }]',
      /^c\.yaml:2: \*nope is an alias/,
    ],
    [
      'an alias before its anchor',
      'title: *a\nwhy: &a w\nneeds: [{ binary: x }]',
      /^c\.yaml:1: \*a is an alias/,
    ],
    [
      'needs that hold themselves',
      'title: t\nwhy: w\nneeds: &n [{ anyOf: *n }]',
      /^c\.yaml:3: .*nested more than/,
    ],
    [
      'billion laughs',
      `title: t\nwhy: w\nx: [&a [b, b]${list(20, (at) => `, &${'abcdefghijklmnopqrstuv'[at + 1]} [*${'abcdefghijklmnopqrstuv'[at]}, *${'abcdefghijklmnopqrstuv'[at]}]`)}]\nneeds: *u`,
      /^c\.yaml:1: has more than 10000 values$/,
    ],
    ['11 anyOf in each other', `${head}  - ${inside(11)}`, /^c\.yaml:4: .*anyOf more than 10 deep/],
    ['400 of them', `${head}  - ${inside(400)}`, /^c\.yaml:4: is nested more than 32 deep$/],
    [
      'dashes, a list in a list each',
      `\n\n${'- '.repeat(100_000)}`,
      /^c\.yaml:3: is nested more than 32 deep$/,
    ],
    [
      'indents, each deeper',
      list(500, (at) => `${' '.repeat(at)}a:\n`),
      /^c\.yaml:33: is nested more than 32/,
    ],
    ['60,000 needs', head + list(60_000, (at) => `  - binary: b${at}\n`), /more than 15000 words/],
    [
      '60,000 lines of a text',
      `title: |\n${list(60_000, () => '  a\n')}`,
      /^c\.yaml:2: .*more than 15000 words/,
    ],
    [
      '501 needs',
      head + list(501, (at) => `  - binary: b${at}\n`),
      /^c\.yaml:3: needs: has more than 500 needs/,
    ],
    [
      '501 needs, with those in anyOf',
      `${head}  - anyOf:\n${list(500, (at) => `      - binary: b${at}\n`)}  - binary: x`,
      /^c\.yaml:3: needs: has more than 500 needs/,
    ],
    [
      'a path of 8,000 folders',
      `${head}  - disk: { path: ${'/a'.repeat(8_000)}, free: 1% }`,
      /^c\.yaml:4: needs\[0\]\.disk\.path: .*4096/,
    ],
    ['of 101', `${head}  - disk: { path: ${'/a'.repeat(101)}, free: 1% }`, /path: has more than 100 parts$/],
    [
      'the same of a mount',
      `${head}  - mount: { of: ${'/a'.repeat(101)}, options: [ro] }`,
      /of: has more than 100 parts$/,
    ],
    ['of 4,097 bytes', `${head}  - file: /${'ä'.repeat(2_048)}`, /file: is longer than 4096 bytes$/],
    [
      'a pattern that repeats too much',
      `${head}  - file: { path: /proc/sys/a, matches: '${'(x{1,1000})?'.repeat(80)}' }`,
      /^c\.yaml:4: needs\[0\]\.file\.matches: is too large a pattern/,
    ],
    [
      'a pattern that repeats what repeats',
      `${head}  - file: { path: /proc/sys/a, matches: '((a{10}){10}){10}b{900}c{900}' }`,
      /is too large a pattern/,
    ],
    [
      'the same in a symptom',
      `${head}  - binary: x\nsymptoms: [{ log: '(x{1000}){1}${'y{900}'.repeat(9)}', means: m }]`,
      /^c\.yaml:5: symptoms\[0\]\.log: is too large a pattern/,
    ],
    [
      'a name of 20,001 letters',
      `${head}  - binary: ${'a'.repeat(20_001)}`,
      /needs\[0\]\.binary: is a text of more than 4096/,
    ],
    [
      'a version of 201 digits',
      `${head}  - kernelVersion: ">=${'9'.repeat(199)}"`,
      /kernelVersion: .*<=200 characters/,
    ],
    [
      'a command of 4,097 letters',
      `${head}  - binary: x\nfix: { all: { run: ${'a'.repeat(4_097)} } }`,
      /fix\.all\.run: is a text of more/,
    ],
    [
      '51 units of which any is enough',
      `${head}  - unit: { anyOf: [${list(51, (at) => `u${at},`)}] }`,
      /unit\.anyOf: .*<=50 items/,
    ],
    [
      '51 packages',
      `${head}  - binary: x\nfix: { all: { packages: [${list(51, (at) => `p${at},`)}] } }`,
      /packages: .*<=50 items/,
    ],
    [
      '51 settings',
      `${head}  - binary: x\nfix: { all: { sysctls: { ${list(51, (at) => `a.b${at}: 1,`)} } } }`,
      /sysctls: has more than 50 settings/,
    ],
    ['a key that is a list', `${head}  - binary: x\n? [a]\n: 1`, /^c\.yaml:5: is not a key/],
    ['a key twice', `${head}  - binary: x\ntitle: again`, /^c\.yaml:5: Map keys must be unique: title/],
    [
      '21 conflicts',
      `${head}${list(21, (at) => `  - binary: b${at}\n    conflicts: { c${at}: c }\n`)}`,
      /^c\.yaml:3: needs: names more than 20 checks/,
    ],
  ])('%s', (_, text, wanted) => {
    expect(mistakesOf(text)).toEqual([expect.stringMatching(wanted)])
  })

  test('ordinary aliases are accepted', () => {
    const text =
      'title: &t t\nwhy: *t\nneeds:\n  - { binary: a, fix: &f { all: { note: n } } }\n  - { binary: b, fix: *f }\n'
    expect(readCheckFile('c.yaml', text, own)).toMatchObject({
      check: { why: 't', needs: [{}, { fix: { all: { note: 'n' } } }] },
    })
  })
})

describe('only the first of many mistakes are reported, and their number:', () => {
  test.each<[what: string, text: string]>([
    ['wrong needs', head + list(400, () => '  - a\n')],
    ['keys that there are not', `${head}  - binary: x\n${list(1_000, (at) => `key${at}: 1\n`)}`],
    ['keys that stand twice', `${head}  - binary: x\n${list(1_000, () => 'title: a\n')}`],
    ['brackets that close nothing', ']'.repeat(10_000)],
    ['escape sequences', `${head}  - binary: x\nx: [${list(2_000, () => '"\\e",')}]`],
  ])('%s', (_, text) => {
    const all = mistakesOf(text)
    expect(all).toHaveLength(mostMistakes)
    expect(all.at(-1)).toMatch(/and \d+ more mistakes/)
  })

  test('each is one harmless line of limited length', () => {
    const [first = ''] = mistakesOf(`${head}  - kernelVersion: "${'9'.repeat(150)} ${'x'.repeat(4_000)}"\n`)
    expect(first.length).toBeLessThanOrEqual(longestMistake)
    const file = `/a\u202e\n/${'b'.repeat(1_000)}.yaml`
    const formatted = formatMistake({ file, line: 1, path: '', message: 'm' })
    expect(formatted.length).toBeLessThanOrEqual(longestMistake)
    expect(formatted).toMatch(/^\/a +\/b/)
  })

  test('and of many files too', () => {
    const texts = Array.from({ length: 500 }, (_, at) => fileOf(`c${at}`, 'x: 1\n'))
    const { message } = new Mistakes(readCatalog(texts).mistakes)
    expect(message.split('\n')).toHaveLength(100)
    expect(message).toMatch(/\nand 1901 more mistakes$/)
  })
})

describe('invisible characters are refused by name:', () => {
  test.each<[what: string, text: string, wanted: RegExp]>([
    [
      'a turned command',
      `${head}  - binary: x\nfix:\n  all: { run: "apt-get install -y foo\\u202E; rm -rf /" }`,
      /^c\.yaml:6: fix\.all\.run: contains U\+202E/,
    ],
    [
      'an escape sequence in a title',
      `${head.replace('title: t', 'title: "\\e[2J"')}  - binary: x`,
      /^c\.yaml:1: title: contains U\+001B/,
    ],
    [
      'a carriage return in a why',
      `${head.replace('why: w', 'why: "a\\rb"')}  - binary: x`,
      /^c\.yaml:2: why: contains U\+000D/,
    ],
    [
      'a line break in a command',
      `${head}  - binary: x\nfix: { all: { run: "a\\nb" } }`,
      /contains a line break \(U\+000A\)/,
    ],
    [
      'a zero width space in a note',
      `${head}  - binary: x\nfix: { all: { note: "a\\u200Bb." } }`,
      /note: contains U\+200B/,
    ],
    [
      'a soft hyphen in a source',
      `${head}  - binary: x\n    source: "https://a\\u00AD.example"`,
      /source: contains U\+00AD/,
    ],
    ['a tag in an image', `${head}  - binary: x\nimages: ["a\\U000E0041"]`, /images\[0\]: contains U\+E0041/],
    [
      'a paragraph separator in a title',
      `${head.replace('title: t', 'title: "a\\Pb"')}  - binary: x`,
      /title: contains U\+2029/,
    ],
    ['half a character', `${head}  - binary: x\nimages: ["a\\ud800"]`, /images\[0\]: contains U\+D800/],
    ['a key of it', `${head}  - binary: x\n"a\\u2066": 1`, /contains U\+2066/],
    ['a NUL in an argument', `${head}  - binary: x\n    run: ["a\\0"]`, /run\[0\]: contains U\+0000/],
  ])('%s', (_, text, wanted) => {
    expect(mistakesOf(text)).toEqual([expect.stringMatching(wanted)])
  })

  test('in the config too', () => {
    expect(readConfig('config.yaml', 'checks: ["a\\e[2J"]\n', null)).toMatchObject({
      mistakes: [{ line: 1, path: 'checks[0]', message: expect.stringContaining('U+001B') }],
    })
  })

  test('a text folded by YAML is one line, without the final line break', () => {
    const text =
      'title: t\nwhy: >\n  A sentence\n  of two lines.\nneeds: [{ binary: x }]\nfix:\n  all:\n    run: |\n      a b\n'
    expect(readCheckFile('c.yaml', text, own)).toMatchObject({
      check: { why: 'A sentence of two lines.', fix: { all: { run: ['a b'] } } },
    })
  })
})

describe('no name may be an option of the program that gets it:', () => {
  test.each([
    'fix: { all: { packages: [--allow-unauthenticated] } }',
    'fix: { all: { modules: [-r] } }',
    'fix: { all: { sysctls: { -w: 1 } } }',
  ])('%s', (fix) => {
    expect(mistakesOf(`${head}  - binary: x\n${fix}`)).toEqual([
      expect.stringMatching(/^c\.yaml:5: fix\.all\./),
    ])
  })

  test.each([
    'package: -y',
    'binary: -x',
    'unit: -a.service',
    'kernelModule: -r',
    'sysctl: -p',
    'user: -u',
    'unit: a\n    openrc: -a',
  ])('%s', (need) => {
    expect(mistakesOf(`${head}  - ${need}\n`)).toHaveLength(1)
  })

  test('but the root mount is a unit', () => {
    expect(mistakesOf(`${head}  - unit: -.mount\n`)).toEqual([])
  })
})

describe('the config', () => {
  const known = { names: ['a', 'b'], aliases: {} }

  test.each<[string, string, RegExp]>([
    ['an alias without an anchor', 'interval: 10s\nchecks: *nope\n', /^config\.yaml:2: \*nope is an alias/],
    [
      'more checks than go on a Node',
      `checks: [${list(3_000, (at) => `c${at},`)}]`,
      /3000 checks are listed, but a Node can have at most 64/,
    ],
    ['20,000 names', `checks: [${list(20_000, (at) => `c${at},`)}]`, /more than 15000 words/],
  ])('%s', (_, text, wanted) => {
    const read = readConfig('config.yaml', text, known)
    const formatted = 'mistakes' in read ? read.mistakes.map(formatMistake) : []
    expect(formatted.length).toBeLessThanOrEqual(mostMistakes)
    expect(formatted.join('\n')).toMatch(wanted)
    expect(readUsableConfig('config.yaml', text, known)).toHaveProperty('interval')
  })

  test('too many are reported once', () => {
    const read = readConfig('config.yaml', `checks: [${list(200, () => `a,`)}]`, known)
    expect('mistakes' in read && read.mistakes).toHaveLength(1)
  })
})

describe('custom checks together', () => {
  test('may include each other in a chain of limited length', () => {
    const row = (count: number) =>
      Array.from({ length: count }, (_, at) => {
        const next = at + 1 < count ? `  - check: c${at + 1}\n` : ''
        return fileOf(`c${at}`, `${head}${next}  - file: /${at}\n`)
      })
    expect(mistakesIn(row(21))).toEqual([])
    expect(mistakesIn(row(22))).toEqual([
      expect.stringMatching(/^c0\.yaml:1: includes checks .* more than 20 deep/),
    ])
    expect(mistakesIn(row(1_500))).toHaveLength(1_479)
  })

  test('may not keep doubling what they include', () => {
    const texts = Array.from({ length: 20 }, (_, at) => {
      const next = at === 19 ? '' : `  - check: c${at + 1}\n  - anyOf: [{ check: c${at + 1} }]\n`
      return fileOf(`c${at}`, `${head}${next}  - file: /${at}\n`)
    })
    expect(mistakesIn(texts)[0]).toMatch(
      /^c\d+\.yaml:1: has more than 2000 needs, counting those of all checks/,
    )
  })

  test('a ring is reported once', () => {
    const ring = (count: number) =>
      Array.from({ length: count }, (_, at) =>
        fileOf(`c${1_000 + at}`, `${head}  - check: c${1_000 + ((at + 1) % count)}\n`),
      )
    expect(mistakesIn(ring(15))).toEqual([
      expect.stringMatching(/^c1000\.yaml:4: includes itself: c1000 -> c1001/),
    ])
    expect(mistakesIn(ring(900))[0]).toMatch(/^c1000\.yaml:4: includes itself/)
  })

  test('are left out beyond the limit of needs, and the others are used', () => {
    const texts = Array.from({ length: 20 }, (_, at) =>
      fileOf(
        `c${String(at).padStart(2, '0')}`,
        head + list(mostNeeds, (line) => `  - binary: b${at}-${line}\n`),
      ),
    )
    const { catalog, mistakes } = readCatalog(texts)
    expect([...catalog.keys()]).toEqual(['c00', 'c01', 'c02', 'c03'])
    expect(mistakes).toHaveLength(16)
    expect(mistakes.map(formatMistake)[0]).toMatch(
      /^c04\.yaml:1: left out: all custom checks together .* 2000 needs that ask the host/,
    )
  })

  test.each<[what: string, part: (at: number) => string, wanted: RegExp]>([
    [
      'patterns',
      (at) => `${head}  - file: { path: /proc/filesystems, matches: '${'a'.repeat(900)}${at}' }\n`,
      /30000 instructions of patterns/,
    ],
    [
      'questions',
      (at) => head + list(400, (line) => `  - disk: { path: /${at}/${line}${'/a'.repeat(40)}, free: 1% }\n`),
      /20000 questions/,
    ],
    ['YAML', (at) => `${head}  - binary: b${at}\n${'#\n'.repeat(7_000)}`, /300000 words/],
    [
      'aliases',
      (at) =>
        `title: t\nwhy: w\naliases: [${list(50, (line) => `a${at}-${line},`)}]\nneeds: [{ binary: b${at} }]\n`,
      /4000 aliases/,
    ],
  ])('have a bound for their %s', (_, part, wanted) => {
    const { catalog, mistakes } = readCatalog(
      Array.from({ length: 100 }, (_each, at) => fileOf(`c${at}`, part(at))),
    )
    expect(catalog.size).toBeGreaterThan(0)
    expect(catalog.size + mistakes.length).toBe(100)
    expect(mistakes.map(formatMistake)[0]).toMatch(wanted)
  })
})

describe('a daemon', () => {
  const write = (name: string, text: string | Buffer) => writeFileSync(join(folder, name), text)
  const options = {
    config: join(folder, 'config.yaml'),
    customChecks: join(folder, 'checks'),
    allowCommands: false,
  }

  test('keeps the last good state while it runs, and starts with whatever is valid', async () => {
    mkdirSync(join(folder, 'checks'))
    write('config.yaml', 'interval: 10s\n')
    write('checks/good.yaml', `${head}  - binary: x\n`)
    const seen: Followed[] = []
    const files = followFiles({ ...options, startAnyway: true }, { changed: (now) => void seen.push(now) })
    write('checks/evil.yaml', 'title: t\nwhy: *nope\nneeds: [{ binary: x }]\n')
    await vi.waitFor(() => expect(seen).toHaveLength(1), 20_000)
    expect(seen[0]?.loaded.catalog.has('good')).toBe(true)
    expect(seen[0]?.mistakes).toEqual([expect.stringMatching(/evil\.yaml:2: \*nope/)])
    write('config.yaml', 'checks: *nope\n')
    await vi.waitFor(() => expect(seen).toHaveLength(2), 20_000)
    expect(seen[1]?.loaded.config.interval).toBe(10_000)
    files.stop()
    const { catalog, config } = loadUsable(options)
    expect([catalog.has('good'), catalog.has('evil'), config.interval]).toEqual([true, false, 60_000])
    expect(loadConfig(options.config)).toMatchObject({
      config: { interval: 60_000 },
      mistakes: [{ line: 1 }],
    })
    expect(() => load(options)).toThrow(Mistakes)
  })

  test('leaves out one unreadable file and uses the others', () => {
    write('config.yaml', '')
    write('checks/evil.yaml', Buffer.from([0xff, 0xfe, 0x80]))
    write('checks/large.yaml', Buffer.alloc(2 * 1024 * 1024, 'a'))
    const { catalog } = loadUsable(options)
    expect([catalog.has('good'), catalog.has('open-iscsi')]).toEqual([true, true])
    expect(() => load(options)).toThrow(
      /evil\.yaml:1: could not be read: it is not UTF-8\n.*large\.yaml:1: could not be read/,
    )
  })

  test('reads the first of too many files', () => {
    const many = mkdtempSync(join(folder, 'many-'))
    for (let at = 0; at < 1_600; at++)
      writeFileSync(join(many, `c${10_000 + at}.yaml`), `${head}  - binary: b${at}\n`)
    const { catalog } = loadUsable({ ...options, customChecks: many })
    expect([catalog.has('c10000'), catalog.has('c11499'), catalog.has('c11500')]).toEqual([true, true, false])
    expect(() => load({ ...options, customChecks: many })).toThrow(
      /has 1600 custom checks; only the first 1500/,
    )
  })
})

/** No regular expression of a schema takes more than its text is long: else one of these would not end. */
test.each(Object.entries(oneOfEach))('long texts of the kind %s', (_, need) => {
  for (const part of [
    'a',
    '1',
    ' ',
    '1 ',
    '/a',
    'a.',
    '-',
    '\\\\',
    '=',
    '|',
    '||',
    '>=1 ',
    'CONFIG_A|',
    ',',
    '@',
    ':',
    'aA0_.',
  ])
    for (const text of [part.repeat(4_000 / part.length), `/dev/${part.repeat(4_000 / part.length)}!`]) {
      const long = need.replace(/: ([^{}[\],:]+)/, () => `: "${text}"`)
      expect(mistakesOf(`${head}  - ${long}\n`).length).toBeLessThanOrEqual(mostMistakes)
    }
})
