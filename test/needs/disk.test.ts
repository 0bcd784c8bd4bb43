import { expect, test } from 'vitest'
import { disk } from '../../agent/needs/disk.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'

const path = '/var/lib/kubelet'
const Gi = 2 ** 30
/** 100 Gi, of which 5 are root's own: 40 of 95 are free, which df(1) calls 42 %. */
const space = { size: 100 * Gi, free: 40 * Gi, freeForRoot: 45 * Gi, inodes: 1_000, inodesFree: 50 }

test.each<[string, object, string]>([
  ['a size', { free: '40Gi' }, 'DiskOk'],
  ['a size too much', { free: '41Gi' }, 'DiskTooFull'],
  ['a share', { free: '42%' }, 'DiskOk'],
  ['a share too much', { free: '43%' }, 'DiskTooFull'],
  ['inodes', { inodes: '5%' }, 'DiskOk'],
  ['inodes too many', { inodes: '5.1%' }, 'DiskTooFewInodes'],
  ['both, one of which is short', { free: '1Gi', inodes: '6%' }, 'DiskTooFewInodes'],
  ['the whole', { size: '100Gi' }, 'DiskOk'],
  ['a larger whole', { size: '1Ti' }, 'DiskTooSmall'],
])('%s', (_, wanted, reason) => {
  const said = judgeBy(disk, { disk: { path, ...wanted } }, { answer: () => found(space) })
  expect(said.reason).toBe(reason)
  expect(said.message).not.toMatch(/42|950|MiB/)
})

test('a file system without a number of inodes has enough of them', () => {
  const answer = () => found({ ...space, inodes: 0, inodesFree: 0 })
  expect(judgeBy(disk, { disk: { path, inodes: '5%' } }, { answer }).reason).toBe('DiskOk')
})

test('absent is missing, all else is unknown', () => {
  const written = { disk: { path, free: '1Gi' } }
  expect(judgeBy(disk, written, { answer: () => absent }).reason).toBe('FileNotFound')
  for (const [answer, reason] of provesNothing)
    expect(judgeBy(disk, written, { answer: () => answer }).reason).toBe(reason)
})

test.each([
  { path },
  { path: 'var', free: '1Gi' },
  { path, free: '1GB' },
  { path, free: 10 },
  { path, inodes: '5' },
])('refused: %j', (written) => {
  expect(disk.schema.safeParse({ disk: written }).success).toBe(false)
})
