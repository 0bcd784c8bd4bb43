import { expect, test } from 'vitest'
import { openSnapshots } from '#agent/http/take-snapshot.ts'
import { fakeSource, makeReport } from './report-fixture.ts'

test('the since-time of unknown stays, however often silence is reported', () => {
  const since = '2026-11-24T07:59:00.000Z'
  const source = fakeSource()
  source.stalled = 'no round has come for more than 3m'
  source.put(makeReport({ gpu: { state: 'unknown', reason: 'RoundStale', since } }))
  const { report } = openSnapshots(source, { trouble: () => null, isNamed: () => true })()
  const of = (name: string) => report?.checks.find((check) => check.name === name)
  expect(of('gpu')).toMatchObject({ state: 'unknown', reason: 'RoundStale', since })
  // Known until then.
  expect(of('open-iscsi')).toMatchObject({ state: 'unknown', reason: 'RoundStale', since: makeReport().at })
})
