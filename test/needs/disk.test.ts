import { describe, expect, test } from 'vitest'
import type { Answer, Question } from '#agent/model/question.ts'
import { disk } from '#agent/needs/places/disk.ts'
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

describe('a place that is not there yet', () => {
  const written = { disk: { path, free: '20Gi' } }
  /** What is found at each place above it. */
  const places = (found: Readonly<Record<string, Answer<unknown>>>) => (question: Question) =>
    ('path' in question && found[question.path]) || absent

  test('with space enough where it would be: there is nothing to say', () => {
    const said = judgeBy(disk, written, {
      answer: places({ '/var/lib': found(space), '/': found({ ...space, free: 0 }) }),
    })
    expect(said).toMatchObject({
      state: 'not-applicable',
      message:
        'does not apply here: /var/lib/kubelet is not there yet, and there is space enough at /var/lib',
    })
  })

  test('without it, that is missing, and it is said where', () => {
    const said = judgeBy(disk, written, { answer: places({ '/': found({ ...space, free: Gi }) }) })
    expect(said).toMatchObject({
      reason: 'DiskTooFull',
      message: 'less than 20Gi is free at / (where /var/lib/kubelet would be)',
    })
  })

  test.each(provesNothing)('of which the place above is not known: %j', (answer, reason) => {
    expect(judgeBy(disk, written, { answer: places({ '/var': answer, '/': found(space) }) }).reason).toBe(
      reason,
    )
  })

  test('a link that leads nowhere would lead to another disk', () => {
    const detail = `the symbolic link ${path} -> /data/kubelet leads to /data, which does not exist`
    const said = judgeBy(disk, written, {
      answer: places({ [path]: { fate: 'absent', detail }, '/': found(space) }),
    })
    expect(said).toMatchObject({ reason: 'FileNotFound', message: expect.stringContaining('/data/kubelet') })
    expect(said.fix?.note).not.toContain('Free space')
  })

  test('nothing at all proves nothing', () => {
    expect(judgeBy(disk, written, { answer: () => absent }).state).toBe('unknown')
  })
})

test.each(provesNothing)('%j is unknown', (answer, reason) => {
  const written = { disk: { path, free: '1Gi' } }
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
