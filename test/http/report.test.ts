import { expect, test } from 'vitest'
import { fakeSource, makeReport, servedReport, startedAt } from './report-fixture.ts'
import { serve } from './serve.ts'

test('/v1/report is the report, with a tag that changes when it does', async () => {
  const { get, source } = await serve()
  const first = await get('/v1/report')
  expect(first).toMatchObject({ status: 200, type: 'application/json; charset=utf-8' })
  expect(JSON.parse(first.body)).toEqual(servedReport(makeReport()))
  const etag = opaque(first.headers.get('etag')) ?? ''
  for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await get('/v1/report', { headers: { 'if-none-match': header } })
    expect([again.status, again.body, opaque(again.headers.get('etag'))]).toEqual([304, '', etag])
  }
  source.put(makeReport({ gpu: { message: 'changed' } }))
  const changed = await get('/v1/report', { headers: { 'if-none-match': etag } })
  expect(changed.status).toBe(200)
  expect(opaque(changed.headers.get('etag'))).not.toBe(etag)
})

test('/v1/checks/<name> is one check of it', async () => {
  const { get } = await serve()
  const { body } = await get('/v1/checks/open-iscsi')
  expect(JSON.parse(body)).toEqual({
    node: 'worker-1',
    ...servedReport(makeReport()).checks.find(({ name }) => name === 'open-iscsi'),
    history: [],
    historySince: startedAt,
  })
})

test('both say why a check matters, by kinds alone', async () => {
  const report = makeReport()
  const at = '2026-11-24T08:00:00.000Z'
  const who = { namespace: 'secret-namespace', pod: 'secret-pod', container: 'secret-container' }
  const crash = { ...who, need: 'binary:iscsiadm', checks: ['open-iscsi'], restarts: 3, since: at, ended: at }
  const settings = { ...report.settings, checks: ['kubernetes-node'] }
  const seen = [{ check: 'nfs-client', by: 'driver' }] as const
  const { get } = await serve(fakeSource({ ...report, settings, seen, crashes: [{ ...crash, fixed: null }] }))
  const { checks } = JSON.parse((await get('/v1/report')).body)
  expect(checks.map((check: { relevance: unknown }) => check.relevance)).toEqual([
    ['published'],
    ['crashing'],
    ['driver'],
    [],
    [],
  ])
  expect(JSON.stringify(checks)).not.toContain('secret')
  expect(JSON.parse((await get('/v1/checks/nfs-client')).body).relevance).toEqual(['driver'])
})

test.each(['/v1/report', '/v1/checks/gpu', '/readyz'])('%s before the first round: 503', async (path) => {
  const { get } = await serve(fakeSource(null))
  const answer = await get(path)
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('5')
  expect(JSON.parse(answer.body).detail).toBe('no round has finished yet')
})

test('a stale report says that every check is unknown, and what was last seen', async () => {
  const { get, source } = await serve()
  source.stalled = 'no round has finished for 200 s'
  source.put(makeReport())
  const report = JSON.parse((await get('/v1/report')).body)
  for (const check of report.checks)
    expect(check).toMatchObject({ state: 'unknown', reason: 'RoundStale', fix: null })
  expect(report.checks[1].findings).toEqual(makeReport().checks[1]?.findings)
})

test.each([
  { title: 'fresh and published', stalled: null, unpublished: null, status: 200, why: 'ready' },
  {
    title: 'stale',
    stalled: 'no round has finished for 200 s',
    unpublished: null,
    status: 503,
    why: 'for 200 s',
  },
  {
    title: 'not published',
    stalled: null,
    unpublished: 'the API server does not answer',
    status: 503,
    why: 'API server',
  },
])('/readyz, $title: $status; /healthz: 200', async ({ stalled, unpublished, status, why }) => {
  const { get } = await serve(Object.assign(fakeSource(), { stalled, unpublished }))
  const answer = await get('/readyz')
  expect(answer.status).toBe(status)
  expect(answer.body).toContain(why)
  expect((await get('/healthz')).status).toBe(200)
})

/** Of a tag, weak or not, what is compared. */
function opaque(etag: string | null): string | undefined {
  return etag?.replace(/^W\//, '')
}
