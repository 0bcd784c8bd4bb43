import { expect, test } from 'vitest'
import { makeReport, readyIscsi } from '../report-fixture.ts'
import { serve } from '../serve.ts'
import type { Served } from '../serve.ts'
import { readOpenMetrics } from './read-open-metrics.ts'

test('requests are counted by the pattern of the route, the method and the code, and by nothing that they choose', async () => {
  const { get } = await serve()
  const asked: [path: string, method: string][] = [
    ['/', 'GET'],
    ['/?all', 'GET'],
    ['/ready/kubernetes-node', 'GET'],
    ['/ready/kubernetes-node?waiting=1', 'GET'],
    ['/ready/open-iscsi', 'GET'],
    ['/ready/open-iscsi', 'HEAD'],
    ['/ready/nothing-of-this-name', 'GET'],
    ['/v1/checks/open-iscsi', 'GET'],
    ['/v1/checks/nfs-client?x=y', 'GET'],
    ['/nope', 'GET'],
    ['/nope/again', 'GET'],
    ['/nope', 'POST'],
    ['/healthz', 'PUT'],
    ['/healthz', 'DELETE'],
  ]
  for (const [path, method] of asked) await get(path, { method })
  expect(await countsOf(get)).toEqual({
    '/ GET 200': 2,
    '/ready/:name GET 200': 1,
    '/ready/:name GET 400': 1,
    '/ready/:name GET 503': 1,
    '/ready/:name HEAD 503': 1,
    '/ready/:name GET 404': 1,
    '/v1/checks/:name GET 200': 1,
    '/v1/checks/:name GET 400': 1,
    'none GET 404': 2,
    'none other 404': 1,
    '/healthz other 405': 2,
  })
})

test('what waits has a route of its own, also when it is answered at once', async () => {
  const { get, source } = await serve()
  await get('/ready/kubernetes-node?wait=1m')
  await get('/ready/kubernetes-node?wait=x')
  const waiting = get('/ready/open-iscsi?wait=10m')
  await expect
    .poll(async () => (await get('/metrics')).body)
    .toContain('\nhostdeps_http_waiting_requests 1\n')
  source.put(makeReport({ 'open-iscsi': readyIscsi }))
  expect((await waiting).status).toBe(200)
  await expect.poll(() => countsOf(get)).toMatchObject({ '/ready/:name?wait GET 200': 2 })
  const { '/metrics GET 200': _metrics, ...counts } = await countsOf(get)
  expect(counts).toEqual({ '/ready/:name?wait GET 200': 2, '/ready/:name?wait GET 400': 1 })
})

test('durations are seconds', async () => {
  const { get } = await serve()
  const start = performance.now()
  for (let count = 0; count < 20; count++) await get('/healthz')
  const took = (performance.now() - start) / 1_000
  const sum = (await durationsOf(get)).find(
    ({ name, labels }) => name.endsWith('_sum') && labels['route'] === '/healthz',
  )
  expect(sum?.value).toBeGreaterThan(0)
  expect(sum?.value).toBeLessThan(took)
})

async function durationsOf(get: Served['get']) {
  const { body } = await get('/metrics', { headers: { accept: 'application/openmetrics-text' } })
  const family = readOpenMetrics(body).find(({ name }) => name === 'hostdeps_http_request_duration_seconds')
  return family?.samples ?? []
}

async function countsOf(get: Served['get']): Promise<Readonly<Record<string, number>>> {
  const counts = (await durationsOf(get)).filter(({ name }) => name.endsWith('_count'))
  return Object.fromEntries(
    counts.map(({ labels, value }) => [`${labels['route']} ${labels['method']} ${labels['code']}`, value]),
  )
}
