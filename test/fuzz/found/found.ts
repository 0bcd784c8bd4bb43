import { foundAnswers } from './answers.ts'
import type { ByName } from './by-name.ts'
import { foundChecks } from './checks.ts'
import { foundConfigs } from './config.ts'
import { foundRounds } from './round.ts'

/** By target and name, every input that ever went wrong, found by fuzzing or by hand. found.slow.test.ts runs them all. */
export const found: Readonly<Record<string, ByName>> = {
  checks: foundChecks,
  config: foundConfigs,
  round: foundRounds,
  answers: foundAnswers,
  parsers: {
    'an Arabic letter mark': plain('a\u061cb'),
    'a zero-width space': plain('a\u200bb'),
    'an invisible tag': plain('a\u{e0041}b'),
  },
  http: {
    'no Host': { did: '400 of Node.js itself', input: sent('GET / HTTP/1.1\r\n\r\n') },
    'a tunnel': {
      did: 'the connection stayed open, and the server did not stop',
      input: sent('CONNECT / HTTP/1.1\r\nHost: localhost\r\n\r\n', 'hello'),
    },
    'a tunnel whose client sends on': {
      did: 'what it sent was not read, and the connection stayed open',
      input: sent('CONNECT / HTTP/1.1\r\nHost: localhost\r\n\r\n', ...'hello, hello'.split(' ')),
    },
    'an expectation': {
      did: '417 of Node.js itself',
      input: sent('GET / HTTP/1.1\r\nHost: localhost\r\nExpect: x\r\n\r\n'),
    },
  },
  /** Of the harness' own test. */
  self: {
    'does not end': { did: 'the harness would wait for it', input: () => ({ does: 'hangs', text: '' }) },
    'takes all memory': { did: 'the harness would end with it', input: () => ({ does: 'fills', text: '' }) },
    'is well': { did: 'nothing', input: () => ({ does: 'fits', text: '' }) },
  },
}

function plain(text: string) {
  return { did: 'plainLine left it', input: () => ({ parser: 'plainLine', text }) }
}

function sent(...parts: readonly string[]) {
  return () => ({ parts })
}
