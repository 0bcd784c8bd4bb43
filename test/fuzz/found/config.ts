import type { ByName } from './by-name.ts'

export const foundConfigs: ByName = {
  'an alias of nothing': { did: 'ReferenceError', input: () => 'checks: *nope\n' },
  'a tag that is not seen in a key': {
    did: 'the mistake had it',
    input: () => 'publish:\n  "\u{e0041}": 1\n',
  },
  'many colons in one line': { did: 'out of memory', input: () => `checks: ${'ks: '.repeat(4_000)}x\n` },
  'maps in maps in one line': {
    did: '128 MiB were not enough',
    input: () => `http: ${'n: '.repeat(2_700)}1\n`,
  },
  'maps in maps in one entry in brackets': {
    did: '128 MiB were not enough',
    input: () => `{ interval: 60s, http: ${'n:\n '.repeat(2_700)}1 }\n`,
  },
  'maps in maps in one line, of a long key': {
    did: '128 MiB were not enough',
    input: () => `publish:\n  annotation: ${'annotation: '.repeat(2_700)}true\n`,
  },
  'a line break in the host': { did: 'it was taken', input: () => 'http: { host: "a\\nb" }\n' },
  '20,000 unknown keys': {
    did: 'it took a minute',
    input: () => Array.from({ length: 20_000 }, (_, index) => `k${index}: 1\n`).join(''),
  },
  '20,000 unknown checks': {
    did: 'it took a minute',
    input: () => `checks: [${Array.from({ length: 20_000 }, (_, index) => `c${index}`).join(', ')}]\n`,
  },
}
