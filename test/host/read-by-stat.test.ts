import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { readStat, statArgv } from '#agent/host/settings/read-by-stat.ts'
import type { Answer, RunResult } from '#agent/model/question.ts'

const root = mkdtempSync(join(tmpdir(), 'hostdeps-stat-'))
afterAll(() => rmSync(root, { recursive: true }))
writeFileSync(join(root, 'file'), 'four', { mode: 0o640 })
mkdirSync(join(root, 'a folder'))
chmodSync(join(root, 'a folder'), 0o1777)
symlinkSync('file', join(root, 'link'))
const { uid, gid } = lstatSync(join(root, 'file'))

async function stat(paths: readonly string[]) {
  const questions = paths.map((path) => ({ ask: 'stat', path }) as const)
  const [file, ...args] = statArgv(root, questions)
  const ran = await execa(file, args, { reject: false, env: { LC_ALL: 'C' } })
  const { exitCode = null, stdout, stderr } = ran
  return readStat(root, questions, { fate: 'found', value: { ...rest, exitCode, stdout, stderr } })
}
const rest = { signal: null, truncated: false }

test('the output of the real stat is parsed, in any order', async () => {
  const file = { type: 'file', mode: 0o640, uid, gid, size: 4 }
  const folder = { type: 'directory', mode: 0o1777, uid, gid }
  expect(await stat(['/file', '/a folder', '/link'])).toMatchObject([
    { fate: 'found', value: { ...file, realPath: '/file' } },
    { fate: 'found', value: { ...folder, realPath: '/a folder' } },
    { fate: 'found', value: file },
  ])
  expect(await stat(['/link', '/file'])).toMatchObject([{ value: file }, { value: file }])
})

test('a missing file is absent, and the others are still reported', async () => {
  expect(await stat(['/none', '/file', '/file/below'])).toMatchObject([
    { fate: 'absent', detail: '/none: No such file or directory' },
    { fate: 'found' },
    { fate: 'absent' },
  ])
})

test.each<[string, Answer<RunResult>]>([
  [
    'another stat',
    { fate: 'found', value: { ...rest, exitCode: 1, stdout: '', stderr: 'stat: -c: invalid' } },
  ],
  ['no stat', { fate: 'found', value: { ...rest, exitCode: 127, stdout: '', stderr: '' } }],
  ['no answer', { fate: 'timed-out', detail: '' }],
  [
    'half an answer',
    { fate: 'found', value: { ...rest, exitCode: 0, stdout: 'x', stderr: '', truncated: true } },
  ],
])('of %s nothing is taken', (_, ran) => {
  expect(readStat(root, [{ ask: 'stat', path: '/file' }], ran)).toBeNull()
})
