import { expect, test } from 'vitest'
import { fakeSource, makeReport, readyIscsi } from '../report-fixture.ts'
import { serve } from '../serve.ts'
import { readOpenMetrics } from './read-open-metrics.ts'

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
    'hostdeps_check_changes_total{check="open-iscsi",state="missing"} 1',
    'hostdeps_check_changes_total{check="open-iscsi",state="unknown"} 0',
    'hostdeps_check_changes_total{check="open-iscsi",state="ready"} 0',
    'hostdeps_check_changes_total{check="open-iscsi",state="not-applicable"} 0',
    'hostdeps_check_flaps_total{check="open-iscsi"} 0',
    'hostdeps_need_problem{check="open-iscsi",need="binary:iscsiadm",state="missing",reason="BinaryNotFound",recommended="false"} 1',
    'hostdeps_need_problem{check="open-iscsi",need="unit:iscsid.service",state="missing",reason="UnitNotFound",recommended="false"} 1',
  ])
})

test('a counter grows with changes, not with scrapes; what is fixed has no problem series', async () => {
  const { get, source } = await serve()
  const changes = async (state: string) =>
    valueOf((await get('/metrics')).body, `hostdeps_check_changes_total{check="open-iscsi",state="${state}"}`)
  expect([await changes('missing'), await changes('missing'), await changes('ready')]).toEqual([1, 1, 0])
  source.put(makeReport({ 'open-iscsi': { ...readyIscsi, flaps: 3 } }))
  expect([await changes('missing'), await changes('ready')]).toEqual([1, 1])
  const { body } = await get('/metrics')
  expect(body).not.toContain('hostdeps_need_problem{check="open-iscsi"')
  expect(valueOf(body, 'hostdeps_check_flaps_total{check="open-iscsi"}')).toBe(3)
})

test('what the prober counted, and publishes by their result', async () => {
  const report = makeReport()
  const spawned = { unit: 1, run: 2, setting: 3, file: 4, sweep: 5 }
  const probing = { ...report.probing, lost: 7, abandoned: 6, spawned }
  const { body } = await (await serve(fakeSource({ ...report, probing }))).get('/metrics')
  const spawns = Object.entries(spawned).map(([kind, value]) => [
    `hostdeps_spawned_processes_total{kind="${kind}"}`,
    value,
  ])
  for (const [name, value] of [
    ...spawns,
    ['hostdeps_watches_lost_total', 7],
    ['hostdeps_abandoned_processes', 6],
    ['hostdeps_publishes_total{result="success"}', 1],
    ['hostdeps_publishes_total{result="failure"}', 0],
  ] as const)
    expect([name, valueOf(body, String(name))]).toEqual([name, value])
})

test('OpenMetrics for whoever prefers it, the plain text for all others, and both say the same', async () => {
  const { get } = await serve()
  const ask = (accept: string) => get('/metrics', { headers: { accept } })
  const open = await ask('application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3')
  const plain = await ask('*/*')
  expect([open.type, plain.type]).toEqual([
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
    'text/plain; version=0.0.4; charset=utf-8',
  ])
  expect([open.headers.get('vary'), plain.headers.get('vary')]).toEqual(
    Array(2).fill('accept, accept-encoding'),
  )
  const families = readOpenMetrics(open.body)
  const told = families.flatMap(({ samples }) =>
    samples.map(({ name, labels, value }) => ({ name, labels, value })),
  )
  const sameIn = ({ name, labels }: (typeof told)[number]) => {
    const pairs = Object.entries(labels).map(([label, said]) => `${label}=${JSON.stringify(said)}`)
    return valueOf(plain.body, pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`)
  }
  const ofReport = told.filter(({ name }) => /^hostdeps_(?!http|build)/.test(name))
  expect(ofReport.length).toBeGreaterThan(60)
  for (const sample of ofReport) expect([sample, sameIn(sample)]).toEqual([sample, sample.value])
  const types = Object.fromEntries(families.map(({ name, type }) => [name, type]))
  expect(types).toMatchObject({
    hostdeps_build: 'info',
    hostdeps_check_changes: 'counter',
    hostdeps_check_state: 'gauge',
    hostdeps_http_request_duration_seconds: 'histogram',
    process_cpu_seconds: 'counter',
  })
  // An answer in one format leaves no trace in the other.
  expect((await ask('text/plain')).body).toContain('\nprocess_cpu_seconds_total ')
})

test.each(['*/*', 'application/openmetrics-text'])('HEAD has the headers of GET, for %s', async (accept) => {
  const { get } = await serve()
  const headersOf = async (method: string) => {
    const { status, headers, body } = await get('/metrics', { method, headers: { accept } })
    return { status, type: headers.get('content-type'), vary: headers.get('vary'), isEmpty: body === '' }
  }
  expect(await headersOf('HEAD')).toEqual({ ...(await headersOf('GET')), isEmpty: true })
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

test('every series is explained once, and has the prefix of whose it is', async () => {
  const { get } = await serve()
  const { body } = await get('/metrics')
  const names = new Set(body.match(/^\w+(?=[ {])/gm)?.map((name) => name.replace(/_(sum|count|bucket)$/, '')))
  const explained: string[] = body.match(/(?<=^# HELP )\w+/gm) ?? []
  expect(new Set(explained).size).toBe(explained.length)
  expect([...names].filter((name) => !explained.includes(name))).toEqual([])
  expect(explained.filter((name) => !/^(hostdeps|process|nodejs)_/.test(name))).toEqual([])
  expect(explained).toContain('process_resident_memory_bytes')
})

function linesOf(body: string, check: string): string[] {
  return body.split('\n').filter((line) => line.includes(`check="${check}"`))
}

function valueOf(body: string, name: string): number | null {
  const value = new RegExp(`^${RegExp.escape(name)} (\\S+)$`, 'm').exec(body)?.[1]
  return value === undefined ? null : Number(value)
}
