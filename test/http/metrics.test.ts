import { expect, test } from 'vitest'
import { fakeSource, makeReport, readyIscsi } from './report-fixture.ts'
import { serve } from './serve.ts'

test('a check has one series per state, its reason, and since when', async () => {
  const { get } = await serve()
  const { body, type } = await get('/metrics')
  expect(type).toContain('text/plain; version=0.0.4')
  expect(linesOf(body, 'open-iscsi')).toEqual([
    'hostdeps_check_state{check="open-iscsi",state="missing"} 1',
    'hostdeps_check_state{check="open-iscsi",state="unknown"} 0',
    'hostdeps_check_state{check="open-iscsi",state="ready"} 0',
    'hostdeps_check_state{check="open-iscsi",state="not-applicable"} 0',
    'hostdeps_check_ready{check="open-iscsi"} 0',
    'hostdeps_check_info{check="open-iscsi",title="iSCSI initiator (open-iscsi)",reason="BinaryNotFound",published="true"} 1',
    'hostdeps_check_since_timestamp_seconds{check="open-iscsi"} 1795503600',
    'hostdeps_check_changes_total{check="open-iscsi"} 1',
    'hostdeps_need_problem{check="open-iscsi",need="binary:iscsiadm",state="missing",reason="BinaryNotFound",recommended="false"} 1',
    'hostdeps_need_problem{check="open-iscsi",need="unit:iscsid.service",state="missing",reason="UnitNotFound",recommended="false"} 1',
  ])
})

test('a counter grows with changes, not with scrapes; what is fixed has no problem series', async () => {
  const { get, source } = await serve()
  const changes = async () =>
    linesOf((await get('/metrics')).body, 'open-iscsi').find((line) => line.includes('changes_total'))
  expect([await changes(), await changes(), await changes()]).toEqual(
    Array(3).fill('hostdeps_check_changes_total{check="open-iscsi"} 1'),
  )
  source.put(makeReport({ 'open-iscsi': readyIscsi }))
  expect(await changes()).toBe('hostdeps_check_changes_total{check="open-iscsi"} 2')
  expect((await get('/metrics')).body).not.toContain('hostdeps_need_problem{check="open-iscsi"')
})

test.each([
  { title: 'a fresh report', report: makeReport(), stalled: null, values: [0, 0.012, 12] },
  { title: 'a stale report', report: makeReport(), stalled: 'too long ago', values: [1, 0.012, 12] },
  { title: 'no report', report: null, stalled: null, values: [1, null, null] },
])('the round, with $title', async ({ report, stalled, values }) => {
  const { get } = await serve(Object.assign(fakeSource(report), { stalled }))
  const { body } = await get('/metrics')
  const names = ['hostdeps_report_stale', 'hostdeps_round_duration_seconds', 'hostdeps_round_age_seconds']
  expect(names.map((name) => valueOf(body, name))).toEqual(values)
})

test('text of a host cannot break a line', async () => {
  const { get } = await serve(fakeSource(makeReport({ gpu: { title: 'a "b" \\ c\nd' } })))
  expect(linesOf((await get('/metrics')).body, 'gpu')).toContain(
    String.raw`hostdeps_check_info{check="gpu",title="a \"b\" \\ c\nd",reason="NotApplicable",published="true"} 1`,
  )
})

test('every series is explained once, and has the prefix hostdeps_', async () => {
  const { get } = await serve()
  const { body } = await get('/metrics')
  const names = new Set(
    body.match(/^[a-z_]+(?=[ {])/gm)?.map((name) => name.replace(/_(sum|count|bucket)$/, '')),
  )
  const explained: string[] = body.match(/(?<=^# HELP )\w+/gm) ?? []
  expect(new Set(explained).size).toBe(explained.length)
  expect([...names].filter((name) => !explained.includes(name))).toEqual([])
  expect(explained.filter((name) => !name.startsWith('hostdeps_'))).toEqual([])
  expect(explained).toContain('hostdeps_process_resident_memory_bytes')
})

function linesOf(body: string, check: string): string[] {
  return body.split('\n').filter((line) => line.includes(`check="${check}"`))
}

function valueOf(body: string, name: string): number | null {
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]
  return value === undefined ? null : Number(value)
}
