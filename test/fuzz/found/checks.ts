import type { CheckFile } from '../targets/checks.ts'
import type { ByName } from './by-name.ts'

export const foundChecks: ByName = checkFiles()

function checkFiles(): ByName {
  const file =
    (text: string, name = 'fuzz.yaml') =>
    (): CheckFile => ({ name, text, allowCommands: false })
  const needs = (text: string) => file(`title: t\nwhy: w\nneeds:\n${text}\n`)
  const beside = (line: string) => file(`title: t\nwhy: w\nneeds: [{ binary: x }]\n${line}\n`)
  return {
    'an alias of nothing': {
      did: 'ReferenceError',
      input: file('title: t\nwhy: *nope\nneeds: [{ binary: x }]\n'),
    },
    'an alias of itself': { did: 'RangeError', input: file('title: t\nwhy: w\nneeds: &n [{ anyOf: *n }]\n') },
    'a billion laughs': { did: 'ReferenceError', input: file(laughs()) },
    'a key that is a list': { did: 'Node.js warned on stderr', input: file('title: t\n[a, b]: c\n') },
    'many colons in one line': { did: 'out of memory', input: file(`title: ${'ks: '.repeat(4_000)}x\n`) },
    'colons with nothing between them': {
      did: '128 MiB were not enough',
      input: file(`title: t\nwhy: ${': '.repeat(3_500)}w\nneeds: [{ binary: x }]\n`),
    },
    'alternatives 400 deep': {
      did: 'it took minutes',
      input: needs(`  - ${'{anyOf: ['.repeat(400)}{binary: x}${']}'.repeat(400)}`),
    },
    'a path of 8,000 folders': {
      did: 'out of memory',
      input: needs(`  - disk: { path: ${'/a'.repeat(8_000)}, free: 1% }`),
    },
    'twelve large patterns': {
      did: 'out of memory',
      input: needs(
        Array.from(
          { length: 12 },
          (_, index) =>
            `  - file: { path: /etc/os-release, matches: 'a${index}${'(x{1,1000})?'.repeat(80)}' }`,
        ).join('\n'),
      ),
    },
    'a long name': { did: 'the server refused the round', input: needs(`  - binary: ${'a'.repeat(20_001)}`) },
    'a long command': {
      did: 'the server refused the round',
      input: beside(`fix: { all: { run: "echo ${'x'.repeat(21_000)}" } }`),
    },
    'fifty notes': {
      did: 'the server refused the round',
      input: needs(
        Array.from(
          { length: 50 },
          (_, index) =>
            `  - { binary: x${index}, why: w${index}, fix: { all: { note: "${'n'.repeat(480)}" } } }`,
        ).join('\n'),
      ),
    },
    'an escape sequence in a title': {
      did: 'terminals obeyed it',
      input: file('title: "a\\e[2Kb"\nwhy: w\nneeds: [{ binary: x }]\n'),
    },
    'a command that is not what it seems': {
      did: 'it was shown as it is',
      input: beside('fix: { all: { run: "apt-get install -y foo\\u202E; rm -rf /\\e[1A" } }'),
    },
    'a line break in a why': {
      did: 'it was taken',
      input: file('title: t\nwhy: "a\\nb"\nneeds: [{ binary: x }]\n'),
    },
    'a line separator in a source': { did: 'it was taken', input: beside('sources: ["http://g/\\u2028e"]') },
    'an invisible mark in a note': {
      did: 'it was taken',
      input: beside('fix: { all: { note: "a\\uFEFFb" } }'),
    },
    'a line break in a name': { did: 'the mistake was of two lines', input: file('', '{\r\n.yaml') },
    'a control character out of place': { did: 'the mistake had it', input: file('[}}\u0092}') },
  }
}

function laughs(): string {
  const lines = Array.from(
    { length: 9 },
    (_, index) => `l${index + 1}: &l${index + 1} [${`*l${index}, `.repeat(9)}]`,
  )
  return ['l0: &l0 lol', ...lines].join('\n')
}
