import { describe, expect, test } from 'vitest'
import type { Answer, FileStat } from '../../agent/model/question.ts'
import { file } from '../../agent/needs/file.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'

const plain: FileStat = { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 12, realPath: '/etc/x' }
const secret = 'InitiatorName=iqn.2024-01.secret\n# a comment\n'

describe('what is there', () => {
  test.each<[string, object, Partial<FileStat>, string, string]>([
    ['a file', {}, {}, 'ready', 'FileFound'],
    ['of the type', { type: 'socket' }, { type: 'socket' }, 'ready', 'FileFound'],
    ['of another type', { type: 'socket' }, {}, 'missing', 'FileWrongType'],
    ['with the mode', { mode: '0644' }, {}, 'ready', 'FileFound'],
    ['with another mode', { mode: '0600' }, {}, 'missing', 'FileWrongMode'],
    ['empty', { notEmpty: true }, { size: 0 }, 'missing', 'FileEmpty'],
    ['not empty', { notEmpty: true }, {}, 'ready', 'FileFound'],
    [
      'of /proc, where sizes are 0',
      { notEmpty: true },
      { size: 0, realPath: '/proc/swaps' },
      'ready',
      'FileFound',
    ],
    ['unwanted', { exists: false }, {}, 'missing', 'FileNotWanted'],
    ['that matches', { matches: '^InitiatorName=iqn\\.' }, {}, 'ready', 'FileFound'],
    ['that matches in a later line', { matches: '^# a' }, {}, 'ready', 'FileFound'],
    ['that does not match', { matches: '^nothing' }, {}, 'missing', 'FileNotMatching'],
    ['that has what must not be', { notMatches: 'comment' }, {}, 'missing', 'FileUnwantedMatch'],
    ['that has not what must not be', { notMatches: 'nothing' }, {}, 'ready', 'FileFound'],
    [
      'a folder where content is asked for',
      { matches: 'x' },
      { type: 'directory' },
      'missing',
      'FileWrongType',
    ],
    ['a FIFO where content is asked for', { matches: 'x' }, { type: 'fifo' }, 'missing', 'FileWrongType'],
  ])('%s', (_, wanted, stat, state, reason) => {
    expect(judge(wanted, found({ ...plain, ...stat }))).toMatchObject({ state, reason })
  })

  test('its content is never quoted', () => {
    for (const wanted of [{ matches: 'iqn' }, { matches: 'nothing' }, { notMatches: 'iqn' }]) {
      expect(JSON.stringify(judge(wanted, found(plain)))).not.toContain('secret')
    }
  })
})

describe('what is not there', () => {
  test.each<[string, object, string, string]>([
    ['wanted', {}, 'missing', 'FileNotFound'],
    ['unwanted', { exists: false }, 'ready', 'FileAbsent'],
    ['to be matched', { matches: 'x' }, 'missing', 'FileNotFound'],
    ['to be matched not', { notMatches: 'x' }, 'missing', 'FileNotFound'],
  ])('%s', (_, wanted, state, reason) => {
    expect(judge(wanted, absent)).toMatchObject({ state, reason })
  })

  test('a dangling link says where it leads', () => {
    const detail = 'the symbolic link /etc/x -> /gone leads to /gone, which does not exist'
    expect(judge({}, { fate: 'absent', detail })).toMatchObject({
      state: 'missing',
      message: expect.stringContaining('/etc/x -> /gone'),
    })
  })
})

describe.each(provesNothing)('%j', (answer, reason) => {
  test('of the file itself is unknown', () => {
    expect(judge({}, answer)).toMatchObject({ state: 'unknown', reason })
    expect(judge({ exists: false }, answer)).toMatchObject({ state: 'unknown', reason })
  })

  test('of its content is unknown', () => {
    expect(judge({ matches: 'x' }, found(plain), answer)).toMatchObject({ state: 'unknown', reason })
  })
})

test.each<[string, unknown, string]>([
  ['a pattern that is none', { path: '/x', matches: 'a(' }, 'RE2'],
  ['a pattern that RE2 has not', { path: '/x', matches: '(?=a)b' }, 'RE2'],
  ['a path that is not absolute', 'x', 'must begin with /'],
  ['a way out', '/a/../b', 'must not hold ..'],
  ['a mode that is none', { path: '/x', mode: '9' }, 'octal'],
  ['absent and matched', { path: '/x', exists: false, matches: 'a' }, 'exists: false goes with path alone'],
])('%s is a mistake of the file', (_, written, message) => {
  expect(JSON.stringify(file.schema.safeParse({ file: written }).error?.issues)).toContain(message)
})

test('which content is matched is known beforehand', () => {
  expect(file.reads?.(file.schema.parse({ file: { path: '/x', matches: 'a' } }))).toEqual(['/x'])
  expect(file.reads?.(file.schema.parse({ file: '/x' }))).toEqual([])
})

function judge(wanted: object, stat: Answer<FileStat>, text: Answer<unknown> = found({ text: secret })) {
  return judgeBy(
    file,
    { file: { path: '/etc/x', ...wanted } },
    { answer: ({ ask }) => (ask === 'stat' ? stat : text) },
  )
}
