import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Round } from '#agent/model/report.ts'
import { readRoundFile, sweepParts, writeRound } from '#agent/round-file/file.ts'
import { probingWith, settingsWith } from '../model/settings.ts'
import { plainHost } from '../model/host-facts.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-round-'))
const path = join(folder, 'round.json')
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
})

test('files left by a killed process are removed, and nothing else', () => {
  for (const name of ['round.json', 'round.json.17.1', 'round.json.17.2', 'round.json.old', 'other.17.1'])
    writeFileSync(join(folder, name), 'x')
  sweepParts(path)
  expect(readdirSync(folder).toSorted()).toEqual(['other.17.1', 'round.json', 'round.json.old'])
})

const said = {
  state: 'missing',
  reason: 'BinaryNotFound',
  message: 'm',
  why: 'w',
  fix: 'apt-get install x',
} as const
const finding = { ...said, need: 'binary:x', kind: 'binary', evidence: ['e'], recommended: false }
const round: Round = {
  v: 1,
  at: '2026-11-24T00:00:00.000Z',
  boot: 1000,
  took: 5,
  settings: settingsWith(),
  host: { hostname: 'n', os: 'Debian', distro: 'debian', kernel: '6.1.0', arch: 'amd64', ...plainHost },
  probing: probingWith({ watched: 1, refused: 0 }),
  crashes: [],
  seen: [],
  fix: null,
  checks: [{ ...said, name: 'open-iscsi', title: 't', findings: [{ ...finding, findings: [finding] }] }],
}

test('a written round can be read, and no other file is left in the folder', () => {
  writeRound(path, round)
  writeRound(path, { ...round, boot: 2000 })
  expect(readRoundFile(path)).toEqual({ round: { ...round, boot: 2000 }, faults: [] })
  expect(readdirSync(folder)).toEqual(['round.json'])
})

test('a round of a prober that counted neither lost watches nor programs can be read', () => {
  const { lost: _lost, spawned: _spawned, ...probing } = round.probing
  put({ ...round, probing })
  expect(readRoundFile(path)).toEqual({ round, faults: [] })
})

test('a link in its place is replaced, never followed', () => {
  const other = join(folder, 'other')
  writeFileSync(other, 'mine')
  symlinkSync(other, path)
  expect(readRoundFile(path)).toEqual({
    unusable: 'the round file could not be read: it is a symbolic link',
  })
  writeRound(path, round)
  expect(readFileSync(other, 'utf8')).toBe('mine')
  expect(readRoundFile(path)).toEqual({ round, faults: [] })
})

describe('what cannot be used', () => {
  test.each<[string, () => void, RegExp]>([
    ['nothing there', () => {}, /it does not exist; the prober has not written one yet/],
    ['cut off', () => writeFileSync(path, JSON.stringify(round).slice(0, 100)), /truncated, or is not JSON/],
    ['empty', () => writeFileSync(path, ''), /truncated, or is not JSON/],
    ['1 GB', () => (writeFileSync(path, ''), truncateSync(path, 1024 ** 3)), /larger than/],
    ['a folder', () => mkdirSync(path), /not a regular file/],
    ['a FIFO', () => void execFileSync('mkfifo', [path]), /not a regular file/],
    ['an older version', () => put({ ...round, v: 0 }), /has version 0, not 1/],
    ['a newer version', () => put({ ...round, v: 2 }), /has version 2, not 1/],
    ['a key of its own', () => put({ ...round, evil: true }), /the round file is invalid/],
    ['no object', () => put([1]), /has version unknown, not 1/],
  ])('%s', (_, make, wanted) => {
    make()
    const read = readRoundFile(path)
    expect('unusable' in read && read.unusable).toMatch(wanted)
  })

  test.runIf(process.getuid?.() === 0)('what may not be read', () => {
    writeRound(path, round)
    chmodSync(path, 0o000)
    const module = new URL('../../agent/round-file/file.ts', import.meta.url).href
    const script = `process.setuid(65534); const { readRoundFile } = await import(${JSON.stringify(module)}); console.log(JSON.stringify(readRoundFile(${JSON.stringify(path)})))`
    chmodSync(folder, 0o755)
    expect(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
    ).toContain('EACCES')
  })
})

function put(value: unknown): void {
  writeFileSync(path, JSON.stringify(value))
}
