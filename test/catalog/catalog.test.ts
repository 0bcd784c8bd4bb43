import { describe, expect, test } from 'vitest'
import { checksToAsk, closeOver, readCatalog, whichInclude } from '#agent/catalog/catalog.ts'
import type { CheckText } from '#agent/catalog/check-file.ts'
import { readConfig } from '#agent/catalog/config.ts'
import { readShipped } from '#agent/catalog/load.ts'
import { lintCatalog } from '#agent/catalog/lint/lint.ts'
import { formatMistake } from '#agent/catalog/yaml/mistake.ts'

describe('config', () => {
  test('five mistakes are reported at once, each with its line', () => {
    const text = `checks: [open-iscsi, nfs-clent]
intervall: 60s
deadline: 2h
http:
  port: 94650
  adress: 0.0.0.0
`
    expect(configMistakes(text)).toEqual(
      [
        'config.yaml:2: intervall: unknown key (did you mean interval?)',
        'config.yaml:3: deadline: must be a length of time from 100ms to 60s, like 100ms',
        expect.stringMatching(/^config\.yaml:5: http\.port: /),
        'config.yaml:6: http.adress: unknown key',
        'config.yaml:1: checks[1]: there is no check nfs-clent (did you mean nfs-client?)',
      ].toSorted(byLine),
    )
  })

  test.each([
    ['a check twice', 'checks: [open-iscsi, open-iscsi]', /checks\[1\]: open-iscsi is here twice/],
    [
      'two with the same condition',
      'checks: [open-iscsi, openiscsi, open-Iscsi]',
      /would be the same condition/,
    ],
    ['an alias', 'checks: [chrony]', /checks\[0\]: there is no check chrony; use time-sync$/],
    ['not a list', 'checks: open-iscsi', /checks: .*expected array/],
    [
      'no namespace',
      'crashes: { exclude: [Kube_System] }',
      /crashes\.exclude\[0\]: must be the name of a name/,
    ],
    ['a key of crashes', 'crashes: { wacht: false }', /crashes\.wacht: unknown key \(did you mean watch\?\)/],
    ['no YAML', 'checks: [', /config\.yaml:/],
  ])('%s', (_, text, wanted) => {
    expect(configMistakes(text).join('\n')).toMatch(wanted)
  })

  test('more than 64 published', () => {
    const names = Array.from({ length: 65 }, (_, index) => `check-${index}`)
    const read = readConfig('config.yaml', `checks: [${names.join(', ')}]`, { names, aliases: {} })
    expect('mistakes' in read && read.mistakes[0]?.message).toMatch(
      /65 checks are listed, but a Node can have at most 64/,
    )
  })

  test('an empty file is the defaults; times are milliseconds', () => {
    expect(readConfig('c', '', known)).toMatchObject({
      config: {
        interval: 60_000,
        deadline: 5_000,
        unknownAfter: 300_000,
        http: { host: '127.0.0.1', port: 9465 },
      },
    })
    expect(readConfig('c', 'interval: 2m', known)).toMatchObject({ config: { interval: 120_000 } })
  })
})

describe('catalogue', () => {
  test('an included check must exist, and none may include itself', () => {
    const { mistakes } = readCatalog([
      file('a', 'b'),
      file('b', 'c'),
      file('c', 'a'),
      file('d', 'bb'),
      file('e', 'e'),
    ])
    expect(mistakes.map(formatMistake)).toEqual([
      'd.yaml:4: there is no check bb (did you mean b?)',
      'a.yaml:4: includes itself: a -> b -> c -> a',
      'e.yaml:4: includes itself: e -> e',
    ])
  })

  test('a custom check may not take a shipped name', () => {
    const own = {
      ...file('a', null),
      file: 'own/a.yaml',
      rules: { origin: 'custom', allowCommands: false } as const,
    }
    expect(readCatalog([file('a', null), own]).mistakes.map(formatMistake)).toEqual([
      'own/a.yaml:1: a is already the name of a shipped check; rename this file',
    ])
  })

  describe('an alias', () => {
    const own = { origin: 'custom', allowCommands: false } as const
    const aliased = (name: string, alias: string) => {
      const made = file(name, null)
      return { ...made, text: `aliases: [${alias}]\n${made.text}` }
    }

    test.each([
      [
        'of two checks',
        [aliased('a', 'x'), aliased('b', 'x')],
        ['b.yaml:1: aliases: x is already an alias of a'],
      ],
      [
        'that is a name',
        [aliased('a', 'b'), file('b', null)],
        ['a.yaml:1: aliases: b is already the name of a check'],
      ],
      [
        'that is no name',
        [aliased('a', 'X!')],
        ['a.yaml:1: aliases[0]: must be a DNS label: a-z, 0-9 and -'],
      ],
      [
        'of ours that a custom check takes',
        [aliased('a', 'x'), { ...aliased('b', 'x'), rules: own }],
        ['b.yaml:1: aliases: x is already an alias of a'],
      ],
      ['of ours, as the name of a custom check', [aliased('a', 'x'), { ...file('x', null), rules: own }], []],
    ])('%s', (_, texts, wanted) => {
      expect(readCatalog(texts).mistakes.map(formatMistake)).toEqual(wanted)
    })

    test('leads to its check when it is included', () => {
      const { mistakes } = readCatalog([aliased('a', 'x'), file('b', 'x')])
      expect(mistakes.map(formatMistake)).toEqual(['b.yaml:4: there is no check x; use a'])
    })
  })

  test('one broken file causes no mistakes in those that include it', () => {
    const { mistakes } = readCatalog([file('a', 'b'), { ...file('b', null), text: 'title: 1' }])
    expect(mistakes.every((mistake) => mistake.file === 'b.yaml')).toBe(true)
  })

  test('a check comes with all that it includes, each once', () => {
    const { catalog } = readCatalog([file('a', 'b'), file('b', 'c'), file('c', null), file('d', 'c')])
    expect(closeOver(catalog, ['a', 'd']).map((check) => check.name)).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('conflicts', () => {
  const conflict = (name: string, others: readonly string[], origin: 'shipped' | 'custom' = 'shipped') => ({
    file: `${name}.yaml`,
    text: `title: t\nwhy: w\nsources: [https://example.com]\nneeds:\n  - unit: a\n    conflicts: { ${others.map((other) => `${other}: Choose.`).join(', ')} }\n    fix: ${fixes}\n`,
    rules: { origin, allowCommands: false } as const,
  })
  const fixes =
    '{ all: { note: n }, talos: { note: n }, bottlerocket: { note: n }, cos: { note: n }, flatcar: { note: n }, nixos: { note: n } }'

  test('name checks that exist, and not their own', () => {
    const { mistakes } = readCatalog([conflict('a', ['a']), conflict('b', ['aa'])])
    expect(mistakes.map(formatMistake)).toEqual([
      'a.yaml:5: conflicts with the check that it belongs to',
      'b.yaml:5: there is no check aa (did you mean a?)',
    ])
  })

  test('are mutual between shipped checks; a shipped one cannot know a custom one', () => {
    const lint = (...files: ReturnType<typeof conflict>[]) =>
      lintCatalog(readCatalog([...files, file('c', null)]).catalog, 'shipped').map(formatMistake)
    const mistake = 'a.yaml:5: unit:a.service conflicts with b, but no need of b conflicts with a'
    expect(lint(conflict('a', ['b']), conflict('b', ['c']))).toContain(mistake)
    expect(lint(conflict('a', ['b']), conflict('b', ['a'])).join()).not.toContain('conflicts')
    expect(lint(conflict('a', ['c'], 'custom')).join()).not.toContain('conflicts')
  })

  test('a check that includes another declares no conflict of its own', () => {
    const text = 'title: t\nwhy: w\nneeds:\n  - check: c\n    conflicts: { c: Choose. }\n'
    const { mistakes } = readCatalog([{ ...file('a', null), text }, file('c', null)])
    expect(mistakes.map(formatMistake)).toEqual(['a.yaml:5: needs[0].conflicts: unknown key'])
  })

  test('no check is judged by itself: what conflicts with it does not include it there', () => {
    const against = (name: string, other: string, included: string) => ({
      ...conflict(name, []),
      text: `title: t\nwhy: w\nneeds:\n  - anyOf: [{ file: /x }, { check: ${included} }]\n    conflicts: { ${other}: Choose. }\n`,
    })
    const mistakesOf = (...files: CheckText[]) =>
      readCatalog([...files, file('c', null)]).mistakes.map(formatMistake)
    const a = conflict('a', ['b'])
    expect(mistakesOf(a, against('b', 'a', 'a'))).toEqual([
      'b.yaml:4: includes a in a need that conflicts with a',
    ])
    expect(mistakesOf(a, against('b', 'a', 'd'), file('d', 'e'), file('e', 'a'))).toEqual([
      'b.yaml:4: includes d in a need that conflicts with a, and d cannot be judged before a',
    ])
    expect(mistakesOf(a, against('b', 'a', 'd'), conflict('d', ['e']), against('e', 'd', 'a'))).toEqual([
      'b.yaml:4: includes d in a need that conflicts with a, and d cannot be judged before a',
    ])
    expect(mistakesOf(a, against('b', 'a', 'c'))).toEqual([])
    expect(mistakesOf(a, against('b', 'a', 'd'), file('d', 'b'))).toEqual([
      'b.yaml:4: includes itself: b -> d -> b',
    ])
  })

  test('the opposing check is asked too, but not included', () => {
    const { catalog } = readCatalog([conflict('a', ['b']), conflict('b', ['a']), file('c', 'b')])
    expect(checksToAsk(catalog, ['a']).map(({ name }) => name)).toEqual(['a', 'b'])
    expect(whichInclude(catalog, ['a', 'c'], 'b')).toEqual(['c'])
  })
})

test('the shipped checks have no mistakes, a source for each fact and a fix for each distribution', () => {
  const { catalog, mistakes } = readCatalog(readShipped())
  expect([...mistakes, ...lintCatalog(catalog, 'shipped')].map(formatMistake)).toEqual([])
  expect(catalog.size).toBeGreaterThanOrEqual(11)
})

const known = {
  names: ['open-iscsi', 'openiscsi', 'open-Iscsi', 'nfs-client', 'time-sync', 'kubernetes-node'],
  aliases: { chrony: 'time-sync' },
}

function configMistakes(text: string): string[] {
  const read = readConfig('config.yaml', text, known)
  return 'mistakes' in read ? read.mistakes.map(formatMistake).toSorted(byLine) : []
}

function byLine(a: unknown, b: unknown): number {
  const line = (text: unknown) => Number(/:(\d+):/.exec(String(text).replaceAll('\\', ''))?.[1] ?? 5)
  return line(a) - line(b)
}

function file(name: string, takesIn: string | null) {
  const need = takesIn === null ? 'binary: x' : `check: ${takesIn}`
  const text = `title: t\nwhy: w\nneeds:\n  - ${need}\n`
  return { file: `${name}.yaml`, text, rules: { origin: 'shipped', allowCommands: true } as const }
}
