import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { headArgv, readHead } from '#agent/host/settings/read-by-head.ts'
import type { Answer, RunResult } from '#agent/model/question.ts'

const root = mkdtempSync(join(tmpdir(), 'hostdeps-head-'))
afterAll(() => rmSync(root, { recursive: true }))
const texts = { '/one': '1\n', '/empty': '', '/lines': 'a\n\nb\n', '/open': 'no newline' }
for (const [path, text] of Object.entries(texts)) writeFileSync(root + path, text)

async function read(paths: readonly string[]) {
  const questions = paths.map((path) => ({ ask: 'read', path }) as const)
  const [file, ...args] = headArgv(root, questions)
  const {
    exitCode = null,
    stdout,
    stderr,
  } = await execa(file, args, {
    reject: false,
    env: { LC_ALL: 'C' },
    stripFinalNewline: false,
  })
  return readHead(root, questions, { fate: 'found', value: { ...rest, exitCode, stdout, stderr } })
}
const rest = { signal: null, truncated: false }

test('the output of the real head is parsed into texts, in any order', async () => {
  for (const paths of [Object.keys(texts), Object.keys(texts).toReversed(), ['/one']]) {
    const answers = await read(paths)
    expect(answers).toEqual(
      paths.map((path) => ({ fate: 'found', value: { text: texts[path as keyof typeof texts] } })),
    )
  }
})

test('a missing file is absent, a folder is no setting, and the others are still read', async () => {
  expect(await read(['/one', '/none', '/one/below', '/'])).toMatchObject([
    { fate: 'found', value: { text: '1\n' } },
    { fate: 'absent', detail: '/none: No such file or directory' },
    { fate: 'absent' },
    { fate: 'failed' },
  ])
})

test.each<[string, Answer<RunResult>]>([
  [
    'another head',
    { fate: 'found', value: { ...rest, exitCode: 1, stdout: '', stderr: 'head: -v: invalid' } },
  ],
  ['no head', { fate: 'found', value: { ...rest, exitCode: 127, stdout: '', stderr: '' } }],
  ['no answer', { fate: 'timed-out', detail: '' }],
])('of %s nothing is taken', (_, ran) => {
  expect(readHead(root, [{ ask: 'read', path: '/one' }], ran)).toBeNull()
})
