import { expect, test } from 'vitest'
import type { ReportCheck } from '#agent/model/report.ts'
import { createReportStore } from '#agent/publish/report-store.ts'
import { keepHistory, mostOfAll, mostOfOne } from '#agent/publish/keep-history.ts'
import { makeReport } from '../http/report-fixture.ts'

const started = '2026-11-24T06:00:00.000Z'
const turned = (state: ReportCheck['state'], minute: number) => ({
  ...makeReport({ gpu: { state, reason: 'AllReady', message: `in minute ${minute}` } }),
  at: `2026-11-24T08:${String(minute).padStart(2, '0')}:00.000Z`,
})

test('a change is kept with its time, its reason and its words, the newest first', () => {
  const history = keepHistory(started)
  history.look(null, turned('ready', 0))
  expect(history.of('gpu')).toEqual({ since: started, changes: [] })
  history.look(turned('ready', 0), turned('missing', 1))
  history.look(turned('missing', 1), turned('missing', 2))
  history.look(turned('missing', 2), turned('ready', 3))
  expect(history.of('gpu').changes).toEqual([
    {
      at: '2026-11-24T08:03:00.000Z',
      from: 'missing',
      to: 'ready',
      reason: 'AllReady',
      message: 'in minute 3',
    },
    {
      at: '2026-11-24T08:01:00.000Z',
      from: 'ready',
      to: 'missing',
      reason: 'AllReady',
      message: 'in minute 1',
    },
  ])
  expect(history.of('open-iscsi').changes).toEqual([])
  expect(history.of('no-such-check').changes).toEqual([])
})

test('of one check the last ten are kept', () => {
  const history = keepHistory(started)
  for (let minute = 1; minute < 40; minute++)
    history.look(
      turned(minute % 2 ? 'ready' : 'missing', minute - 1),
      turned(minute % 2 ? 'missing' : 'ready', minute),
    )
  const { changes } = history.of('gpu')
  expect(changes).toHaveLength(mostOfOne)
  expect(changes[0]?.at).toBe('2026-11-24T08:39:00.000Z')
})

test('of all together a bounded number, and those that changed last stay', () => {
  const history = keepHistory(started)
  const [one] = makeReport().checks
  if (one === undefined) throw new Error('the report has no check')
  const names = Array.from({ length: 3_000 }, (_, index) => `c${index}`)
  const all = (state: ReportCheck['state']) => ({
    ...makeReport(),
    checks: names.map((name) => ({ ...one, name, state })),
  })
  for (let turn = 0; turn < 4; turn++)
    history.look(all(turn % 2 ? 'missing' : 'ready'), all(turn % 2 ? 'ready' : 'missing'))
  const kept = names.map((name) => history.of(name).changes.length)
  const sum = kept.reduce((total, count) => total + count, 0)
  expect(sum).toBeLessThanOrEqual(mostOfAll)
  expect(sum).toBeGreaterThan(mostOfAll - mostOfOne)
  expect([kept[0], kept.at(-1)]).toEqual([0, 4])
})

test('the store keeps what its rounds change, and when the prober fell silent', () => {
  let boot = 0
  const clock = { boot: () => boot, now: () => new Date(Date.parse(started) + boot), after: () => () => {} }
  const store = createReportStore({ clock, interval: 60_000, node: () => 'worker-1' })
  const [, iscsi] = makeReport().checks
  if (iscsi === undefined) throw new Error('the report has no second check')
  const round = (check: typeof iscsi) => ({
    ...makeReport(),
    boot,
    at: clock.now().toISOString(),
    checks: [check],
  })
  store.take(round(iscsi))
  expect(store.history('open-iscsi')).toEqual({ since: started, changes: [] })
  boot = 60_000
  store.take(round({ ...iscsi, state: 'ready', reason: 'AllReady', message: 'all 2 needs are met' }))
  boot = 120_000
  store.silence('the prober is gone')
  expect(store.history('open-iscsi').changes).toMatchObject([
    { at: '2026-11-24T06:02:00.000Z', from: 'ready', to: 'unknown', reason: 'RoundStale' },
    { at: '2026-11-24T06:01:00.000Z', from: 'missing', to: 'ready', message: 'all 2 needs are met' },
  ])
})
