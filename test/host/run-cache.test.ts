import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { signFolders } from '#agent/host/files/folder-signature.ts'
import { createRunCache } from '#agent/host/programs/run-cache.ts'
import type { Answer, RunResult } from '#agent/model/question.ts'

describe('the signature of folders', () => {
  let root = ''
  const none = new Set<string>()
  const sign = () => signFolders(root, ['/db', '/other'], none)
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hostdeps-sign-'))
    mkdirSync(join(root, 'db'))
    for (const name of ['rpmdb.sqlite', 'rpmdb.sqlite-shm', '.rpm.lock'])
      writeFileSync(join(root, 'db', name), 'x')
  })
  afterEach(() => rmSync(root, { recursive: true }))

  test.each([
    ['nothing', () => {}],
    ['the shared memory', () => writeFileSync(join(root, 'db/rpmdb.sqlite-shm'), 'xx')],
    ['a lock', () => writeFileSync(join(root, 'db/.rpm.lock'), 'xx')],
    ['the environment of Berkeley DB', () => writeFileSync(join(root, 'db/__db.001'), 'x')],
  ])('is the same when %s changes', (_, change) => {
    const before = sign()
    change()
    expect(sign()).toBe(before)
  })

  test.each([
    ['the size of a file', () => writeFileSync(join(root, 'db/rpmdb.sqlite'), 'xx')],
    ['its time', () => utimesSync(join(root, 'db/rpmdb.sqlite'), 1, 1)],
    ['a file more', () => writeFileSync(join(root, 'db/rpmdb.sqlite-wal'), '')],
    ['the other folder', () => mkdirSync(join(root, 'other'))],
  ])('is another when it is %s', (_, change) => {
    const before = sign()
    change()
    expect(sign()).not.toBe(before)
  })

  test('follows links inside the root, and is unknown for a mount that may hang', () => {
    symlinkSync('/db', join(root, 'other'))
    expect(signFolders(root, ['/other'], none)).toBe(signFolders(root, ['/db'], none))
    expect(signFolders(root, ['/db'], new Set(['/db']))).toBeNull()
  })
})

describe('a kept answer', () => {
  const good: RunResult = { exitCode: 0, signal: null, stdout: 'a', stderr: '', truncated: false }

  test.each<[string, (string | null)[], Answer<RunResult>, number]>([
    ['stands while the signature is the same', ['a', 'a', 'a'], { fate: 'found', value: good }, 1],
    ['is asked anew when it changes', ['a', 'b', 'a'], { fate: 'found', value: good }, 3],
    ['is asked anew when there is none', [null, null], { fate: 'found', value: good }, 2],
    ['is not kept when it failed', ['a', 'a'], { fate: 'timed-out', detail: '' }, 2],
    ['nor with an exit code', ['a', 'a'], { fate: 'found', value: { ...good, exitCode: 1 } }, 2],
    ['nor with a complaint', ['a', 'a'], { fate: 'found', value: { ...good, stderr: 'error:' } }, 2],
  ])('%s', async (_, signs, answer, asked) => {
    const kept = createRunCache()
    let count = 0
    const ask = () => {
      count++
      return Promise.resolve(answer)
    }
    for (const sign of signs) expect(await kept.keep('rpm -qa', sign, ask)).toBe(answer)
    expect(count).toBe(asked)
  })
})
