import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { askFiles, isFileQuestion } from '#agent/host/files/ask-files.ts'
import { createFileCache } from '#agent/host/files/file-cache.ts'
import type { Answer, FileStat, Question } from '#agent/model/question.ts'
import { file } from '#agent/needs/places/file.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'

const plain: FileStat = { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 12, realPath: '/etc/x' }
const secret = 'InitiatorName=iqn.2024-01.secret\n# a comment\n'

describe('a directory that must hold something', () => {
  const written = { file: { path: '/sys/class/fc_host', type: 'directory', notEmpty: true } }
  const folder = found({ ...plain, type: 'directory', realPath: '/sys/class/fc_host' })
  const judgeFolder = (listed: Answer<unknown>) =>
    judgeBy(file, written, { answer: ({ ask }) => (ask === 'list' ? listed : folder) })

  test.each([
    [found({ names: ['host15'] }), 'ready', 'FileFound'],
    [found({ names: [] }), 'missing', 'FileEmpty'],
    [absent, 'missing', 'FileNotFound'],
  ])('%j', (listed, state, reason) => {
    expect(judgeFolder(listed)).toMatchObject({ state, reason })
  })

  test.each(provesNothing)('%j is unknown', (listed, reason) => {
    expect(judgeFolder(listed)).toMatchObject({ state: 'unknown', reason })
  })

  test('is no file', () => {
    expect(judgeBy(file, written, { answer: () => found(plain) }).reason).toBe('FileWrongType')
  })
})

describe('what is there', () => {
  test.each<[string, object, Partial<FileStat>, string, string]>([
    ['a file', {}, {}, 'ready', 'FileFound'],
    ['of the type', { type: 'socket' }, { type: 'socket' }, 'ready', 'FileFound'],
    ['of another type', { type: 'socket' }, {}, 'missing', 'FileWrongType'],
    ['with the mode', { mode: '0644' }, {}, 'ready', 'FileFound'],
    ['with another mode', { mode: '0600' }, {}, 'missing', 'FileWrongMode'],
    ['empty', { notEmpty: true }, { size: 0 }, 'missing', 'FileEmpty'],
    ['not empty', { notEmpty: true }, {}, 'ready', 'FileFound'],
    ['of any type', { type: 'any' }, { type: 'socket' }, 'ready', 'FileFound'],
    [
      'of any type, with content',
      { type: 'any', matches: 'x' },
      { type: 'socket' },
      'missing',
      'FileWrongType',
    ],
    [
      'a folder where it must not be empty',
      { notEmpty: true },
      { type: 'directory' },
      'missing',
      'FileWrongType',
    ],
    ['with more bits than the mode', { mode: '0755' }, { mode: 0o4755 }, 'missing', 'FileWrongMode'],
    [
      'a link to where sizes say nothing',
      { notEmpty: true },
      { size: 0, realPath: '/proc/1/mounts' },
      'unknown',
      'QuestionFailed',
    ],
    ['unwanted', { exists: false }, {}, 'missing', 'FileNotWanted'],
    ['that matches', { matches: '^InitiatorName=iqn\\.' }, {}, 'ready', 'FileAsWanted'],
    ['that matches in a later line', { matches: '^# a' }, {}, 'ready', 'FileAsWanted'],
    ['that does not match', { matches: '^nothing' }, {}, 'missing', 'FileNotMatching'],
    ['that has what must not be', { notMatches: 'comment' }, {}, 'missing', 'FileUnwantedMatch'],
    ['that has not what must not be', { notMatches: 'nothing' }, {}, 'ready', 'FileAsWanted'],
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

  test.each<[string, string, number, Answer<unknown>, string]>([
    ['/proc/swaps', 'full', 0, found({ text: 'Filename' }), 'FileFound'],
    ['/proc/swaps', 'empty', 0, found({ text: '' }), 'FileEmpty'],
    ['/sys/module/x/parameters/y', 'empty', 4096, found({ text: '' }), 'FileEmpty'],
    ['/proc/swaps', 'denied', 0, provesNothing[0][0], 'PermissionDenied'],
  ])('%s says by its text, not by its size, that it is %s', (path, _, size, text, reason) => {
    const stat = found({ ...plain, size, realPath: path })
    const answer = ({ ask }: Question) => (ask === 'stat' ? stat : text)
    expect(judgeBy(file, { file: { path, notEmpty: true } }, { answer }).reason).toBe(reason)
  })

  test('a mode is mended by chmod, also of a path that a shell would take apart', () => {
    const answer = () => found({ ...plain, realPath: "/a b'$(c)" })
    expect(judgeBy(file, { file: { path: "/a b'$(c)", mode: '0600' } }, { answer }).fix).toEqual({
      run: [String.raw`chmod 0600 '/a b'\''$(c)'`],
    })
  })

  test.each<[string | null, string, string]>([
    ['6.12.0-1', 'ready', '/lib/modules/6.12.0-1/build is there (directory)'],
    ['6.12.0-2', 'missing', '/lib/modules/6.12.0-2/build is not there'],
    [null, 'unknown', 'could not check /lib/modules/{kernel}/build: the release of the kernel is not known'],
  ])('of the running kernel, when that is %s', (kernel, state, message) => {
    const isThere = (question: Question) =>
      'path' in question && question.path === '/lib/modules/6.12.0-1/build'
    const verdict = judgeBy(
      file,
      { file: { path: '/lib/modules/{kernel}/build', type: 'directory' } },
      {
        answer: (question) => (isThere(question) ? found({ ...plain, type: 'directory' as const }) : absent),
        facts: { kernel },
      },
    )
    expect(verdict).toMatchObject({ state, message })
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

describe('in a real folder', () => {
  const root = mkdtempSync(join(tmpdir(), 'hostdeps-file-'))
  afterAll(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'folder'))
  writeFileSync(join(root, 'plain'), secret, { mode: 0o600 })
  symlinkSync('/plain', join(root, 'link'))
  symlinkSync('/gone', join(root, 'dangling'))
  execFileSync('mkfifo', [join(root, 'fifo')])
  const view = { root, suspects: new Set<string>(), hostPath: [], cache: createFileCache() }
  const answer = (question: Question): Answer<unknown> =>
    isFileQuestion(question) ? askFiles(view, question) : absent

  test.each<[unknown, string, RegExp]>([
    ['/plain', 'FileFound', /regular file/],
    [{ path: '/link', mode: '0600', matches: '^InitiatorName=' }, 'FileAsWanted', /as it should be/],
    ['/dangling', 'FileNotFound', /the symbolic link \/dangling -> \/gone leads to \/gone/],
    [{ path: '/dangling', type: 'any' }, 'FileNotFound', /dangling/],
    [{ path: '/dangling', exists: false }, 'FileAbsent', /as it should be/],
    ['/folder/none', 'FileNotFound', /is not there$/],
    ['/plain/none', 'FileNotFound', /is not there$/],
    [{ path: '/fifo', matches: 'x' }, 'FileWrongType', /FIFO/],
    [{ path: '/fifo', type: 'fifo' }, 'FileFound', /FIFO/],
    [{ path: '/folder', matches: 'x' }, 'FileWrongType', /directory/],
  ])('%j: %s', (written, reason, message) => {
    const said = judgeBy(file, { file: written }, { answer })
    expect(said).toMatchObject({ reason, message: expect.stringMatching(message) })
  })

  test('of something dangling that should not be there, it is told', () => {
    const written = { file: { path: '/dangling', exists: false } }
    expect(judgeBy(file, written, { answer }).evidence).toEqual([expect.stringContaining('-> /gone')])
  })
})

test.each<[string, unknown, string]>([
  ['a pattern that is none', { path: '/x', matches: 'a(' }, 'RE2'],
  ['a pattern that RE2 has not', { path: '/x', matches: '(?=a)b' }, 'RE2'],
  ['a path that is not absolute', 'x', 'must begin with /'],
  ['a way out', '/a/../b', 'must not hold . or ..'],
  ['a mode that is none', { path: '/x', mode: '9' }, 'octal'],
  ['a mode without quotes', { path: '/x', mode: 600 }, 'octal in quotes'],
  ['a pattern of nothing', { path: '/x', matches: '' }, 'matches everything'],
  ['a folder with a pattern', { path: '/x', type: 'directory', matches: 'a' }, 'go with a regular file only'],
  [
    'a socket that is not empty',
    { path: '/x', type: 'socket', notEmpty: true },
    'go with a regular file only',
  ],
  ['absent and matched', { path: '/x', exists: false, matches: 'a' }, 'exists: false goes with path alone'],
])('%s is a mistake of the file', (_, written, message) => {
  expect(JSON.stringify(file.schema.safeParse({ file: written }).error?.issues)).toContain(message)
})

test('which content is matched is known beforehand', () => {
  expect(file.reads?.(file.schema.parse({ file: { path: '/x', matches: 'a' } }))).toEqual({
    path: '/x',
    as: 'text',
  })
  expect(file.reads?.(file.schema.parse({ file: '/x' }))).toBeNull()
  expect(file.reads?.(file.schema.parse({ file: { path: '/x', notEmpty: true } }))).toBeNull()
  const inProc = file.schema.parse({ file: { path: '/proc/x', notEmpty: true } })
  expect(file.reads?.(inProc)).toEqual({ path: '/proc/x', as: 'text' })
})

function judge(wanted: object, stat: Answer<FileStat>, text: Answer<unknown> = found({ text: secret })) {
  return judgeBy(
    file,
    { file: { path: '/etc/x', ...wanted } },
    { answer: ({ ask }) => (ask === 'stat' ? stat : text) },
  )
}
