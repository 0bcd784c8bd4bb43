import { describe, expect, test } from 'vitest'
import { longestAnnotation, readAnnotation, renderAnnotation } from '#agent/node/annotation.ts'
import { settle } from '#agent/model/settle.ts'
import { chanceOf } from '../round-file/chance.ts'
import { anyRound } from '../round-file/any-round.ts'
import { crash, makeReport } from '../http/report-fixture.ts'

describe('whatever is written is read', () => {
  test.each(Array.from({ length: 200 }, (_, seed) => seed))('seed %i', (seed) => {
    const round = anyRound(chanceOf(seed))
    const at = '2026-11-24T00:00:00.000Z'
    const { report } = settle(null, { ...round, at }, 'node')
    const text = renderAnnotation(report, report.checks)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(longestAnnotation)
    const read = readAnnotation(text)
    if ('unreadable' in read) throw new Error(read.unreadable)
    expect(read.checks.length + read.omitted).toBe(report.checks.length)
  })
})

test('what is worst is kept, and a check that is too large for it keeps out no other', () => {
  const { checks, ...report } = makeReport()
  const [first] = checks
  if (first === undefined) throw new Error('the fixture has no check')
  const named = (name: string, state: 'missing' | 'ready', length: number) => {
    const needs = [{ id: 'x'.repeat(length), reason: 'BinaryNotFound' as const }]
    return { ...first, name, published: { ...first.published, state, needs } }
  }
  const many = Array.from({ length: 100 }, (_, index) => named(`ready-${index}`, 'ready', 10))
  const all = [...many, named('huge', 'missing', longestAnnotation), named('small', 'missing', 10)]
  const read = readAnnotation(renderAnnotation({ ...report, checks: all }, all))
  if ('unreadable' in read) throw new Error(read.unreadable)
  expect(read.checks[0]?.check).toBe('small')
  expect(read.checks.some(({ check }) => check === 'huge')).toBe(false)
  expect(read.omitted).toBe(all.length - read.checks.length)
})

test('crashes are counted at the published checks, else at the first one, and come first', () => {
  const report = {
    ...makeReport(),
    crashes: [crash(), crash({ pod: 'another' }), crash({ checks: ['gpu'] })],
  }
  const published = report.checks.filter(({ name }) => name !== 'gpu')
  const read = readAnnotation(renderAnnotation(report, published))
  if ('unreadable' in read) throw new Error(read.unreadable)
  const counts = read.checks.map(({ check, crashes }) => [check, crashes])
  expect(counts.slice(0, 2)).toEqual([
    ['open-iscsi', 2],
    ['gpu', 1],
  ])
  expect(counts.slice(2).every(([, count]) => count === undefined)).toBe(true)
})

test('what was seen is told after the checks, as much of it as fits', () => {
  const { checks, ...report } = makeReport()
  const names = Array.from({ length: 400 }, (_, index) => `workload-${index}`)
  const text = renderAnnotation({ ...report, checks }, checks, names)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(longestAnnotation)
  expect(Buffer.byteLength(text)).toBeGreaterThan(longestAnnotation - 20)
  const read = readAnnotation(text)
  if ('unreadable' in read) throw new Error(read.unreadable)
  expect(read.checks).toHaveLength(checks.length)
  expect(read.seen).toEqual(names.slice(0, read.seen?.length))
  expect(renderAnnotation({ ...report, checks }, checks)).not.toContain('seen')
})

test.each([
  ['version 1', '{"v":1,"distro":"debian","checks":[],"omitted":0}', 'it has version 1, and only 2 is known'],
  ['no JSON', '{', ': Invalid input'],
  ['a state that there is not', valid({ state: 'good' }), 'checks.0.state: Invalid option'],
  ['a name that is none', valid({ check: '../x' }), 'checks.0.check: Invalid string'],
])('unreadable: %s', (_, text, why) => {
  expect(readAnnotation(text)).toEqual({ unreadable: expect.stringContaining(why) })
})

test('keys of a newer agent are ignored, and nothing in it can mislead a terminal', () => {
  const read = readAnnotation(valid({ needs: [{ id: 'a\u001b[31m', reason: 'R', extra: 1 }], later: true }))
  expect(read).toMatchObject({ checks: [{ needs: [{ id: expect.not.stringContaining('\u001b') }] }] })
})

function valid(check: object): string {
  const { host } = makeReport()
  const entry = { check: 'a', state: 'ready', since: '2026-11-24T00:00:00Z', ...check }
  return JSON.stringify({ v: 2, host, checks: [entry], omitted: 0, seen: [] })
}
