import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { fakeSource, makeReport, readyIscsi } from '../report-fixture.ts'
import { ask, serve } from '../serve.ts'
import type { Answer } from '../serve.ts'
import { waiterBounds } from '#agent/http/ready/waiting-room.ts'

const { most: mostWaiters, mostOfOneAddress } = waiterBounds

const gates = [
  { check: 'kubernetes-node', status: 200, text: 'ready\n' },
  {
    check: 'time-sync',
    status: 200,
    text: 'ready\nusable, but recommended: chronyd.service is not enabled at boot\n',
  },
  { check: 'gpu', status: 200, text: 'ready\ndoes not apply here: arch is amd64, not arm64\n' },
  {
    check: 'open-iscsi',
    status: 503,
    text: "missing: iscsiadm is not on the host's PATH (and 1 more) (BinaryNotFound)\n",
  },
  {
    check: 'nfs-client',
    status: 503,
    text: 'unknown: no permission to check /etc/nfs.conf: EACCES (PermissionDenied)\n',
  },
]

test.each(gates)('/ready/$check: $status', async ({ check, status, text }) => {
  const { get } = await serve()
  const answer = await get(`/ready/${check}`)
  expect(answer).toMatchObject({ status, type: 'text/plain; charset=utf-8' })
  expect(answer.body.startsWith(text)).toBe(true)
  expect(answer.headers.get('retry-after')).toBe(status === 503 ? '5' : null)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const head = await get(`/ready/${check}`, { method: 'HEAD' })
  expect([head.status, head.body, head.headers.get('content-length')]).toEqual([
    status,
    '',
    String(answer.body.length),
  ])
})

test('503 says how to fix it on this node', async () => {
  const { get } = await serve()
  const { body } = await get('/ready/open-iscsi')
  expect(body).toContain(
    'Fix, as root on worker-1:\n  apt-get update && apt-get install -y open-iscsi\n  systemctl enable --now iscsid\n',
  )
})

test('as JSON for clients that ask for it: 200 plain, 503 as problem details', async () => {
  const { get } = await serve()
  const headers = { accept: 'application/problem+json, application/json;q=0.9' }
  const ready = await get('/ready/gpu', { headers })
  expect(ready).toMatchObject({ status: 200, type: 'application/json; charset=utf-8' })
  expect(JSON.parse(ready.body)).toMatchObject({ node: 'worker-1', check: 'gpu', state: 'not-applicable' })
  const missing = await get('/ready/open-iscsi', { headers })
  expect(missing.type).toContain('application/problem+json')
  expect(JSON.parse(missing.body)).toMatchObject({
    status: 503,
    state: 'missing',
    reason: 'BinaryNotFound',
    fix: expect.any(String),
  })
})

test('before the first round: 503, for any name', async () => {
  const { get } = await serve(fakeSource(null))
  const answer = await get('/ready/anything')
  expect([answer.status, answer.body]).toEqual([503, 'unknown: no round has finished yet\n'])
})

test('a stale report makes nothing ready, until a round comes again', async () => {
  const { get, source } = await serve()
  source.stalled = 'no round has finished for 200 s'
  await expect.poll(async () => (await get('/ready/kubernetes-node')).status).toBe(503)
  const { body } = await get('/ready/kubernetes-node')
  expect(body).toContain('no round has finished for 200 s')
  expect((await get('/ready/nope')).status).toBe(404)
  source.stalled = null
  source.put(makeReport())
  expect((await get('/ready/kubernetes-node')).status).toBe(200)
})

test.each(['', '1', '-1s', '10x', '1d', '601s', '11m', '1e3s', '1s&wait=2s'])(
  '?wait=%s is refused with what it may be',
  async (wait) => {
    const { get } = await serve()
    const answer = await get(`/ready/open-iscsi?wait=${wait}`)
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body).detail).toBe(
      'wait must be a length of time from 0s to 10m, like 120s, 500ms or 2m',
    )
  },
)

test.each([
  ['/ready/gpu?wiat=1s', 'this path takes no parameter wiat (did you mean wait?)'],
  ['/ready/gpu?wait=1s&%1b[31mred=1', 'this path takes no parameter [31mred (it takes wait)'],
  ['/v1/report?pretty', 'this path takes no parameter pretty (it takes none)'],
  ['/?alll', 'this path takes no parameter alll (did you mean all?)'],
])('%s: %s', async (path, detail) => {
  const { get } = await serve()
  const answer = await get(path)
  expect([answer.status, JSON.parse(answer.body).detail]).toEqual([400, detail])
})

test.each(['10ms', '0.05s', '0.001m', '0s'])(
  '?wait=%s is over without a change: 503 with the reason',
  async (wait) => {
    const { get } = await serve()
    const answer = await get(`/ready/open-iscsi?wait=${wait}`)
    expect(answer.status).toBe(503)
    expect(answer.body).toContain('apt-get install -y open-iscsi')
  },
)

test('all pods of a node behind one address wait at once, and most of the places are left to others', async () => {
  const { server, source, get } = await serve()
  const before = source.subscribers
  const path = '/ready/open-iscsi?wait=10m'
  const answers = Promise.all(Array.from({ length: mostOfOneAddress }, () => ask(server.address + path)))
  await expect.poll(() => waiting(get)).toBe(mostOfOneAddress)
  const refused = await get(path)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  expect(refused.body).toContain('too many requests are waiting already')
  expect((await get('/ready/gpu?wait=10m')).status).toBe(200)
  const others = Array.from({ length: mostWaiters - mostOfOneAddress }, (_, index) =>
    askFrom(`127.0.1.${1 + Math.floor(index / mostOfOneAddress)}`, server.address + path),
  )
  await expect.poll(() => waiting(get)).toBe(mostWaiters)
  expect(await askFrom('127.0.0.3', server.address + path)).toContain('too many requests are waiting already')
  expect(source.subscribers).toBe(before)
  source.put(makeReport({ 'open-iscsi': { message: 'still not' } }))
  expect(await waiting(get)).toBe(mostWaiters)
  source.put(makeReport({ 'open-iscsi': readyIscsi }))
  expect(new Set((await answers).map(({ status }) => status))).toEqual(new Set([200]))
  for (const text of await Promise.all(others)) expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(await waiting(get)).toBe(0)
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThan(100)
})

test('an answer after a wait is the same as one without', async () => {
  const { get, source } = await serve()
  for (const accept of ['*/*', 'application/json']) {
    source.put(makeReport())
    const answer = get('/ready/open-iscsi?wait=10m', { headers: { accept, cookie: 'a'.repeat(3_000) } })
    await expect.poll(() => waiting(get)).toBe(1)
    source.put(makeReport({ 'open-iscsi': readyIscsi }))
    const [late, now] = [await answer, await get('/ready/open-iscsi', { headers: { accept } })]
    const headers = (of: Answer) => Object.fromEntries([...of.headers].filter(([name]) => name !== 'date'))
    expect([late.status, late.body, headers(late)]).toEqual([200, now.body, headers(now)])
  }
})

test('a client that waits before the first round gets the answer of that round: ready, or no such check', async () => {
  const { get, source } = await serve(fakeSource(null))
  const [good, bad] = [get('/ready/kubernetes-node?wait=10m'), get('/ready/nope?wait=10m')]
  await expect.poll(() => waiting(get)).toBe(2)
  source.put(makeReport())
  expect([(await good).status, (await bad).status]).toEqual([200, 404])
})

test('a client that goes away waits no more', async () => {
  const { get, server } = await serve()
  const { hostname, port } = new URL(server.address)
  const socket = connect(Number(port), hostname)
  socket.write('GET /ready/open-iscsi?wait=10m HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await expect.poll(() => waiting(get)).toBe(1)
  socket.destroy()
  await expect.poll(() => waiting(get)).toBe(0)
})

test('closing answers waiting clients, drops the subscription, and does not hang on open connections', async () => {
  const { get, server, source } = await serve()
  const answer = get('/ready/open-iscsi?wait=10m')
  await expect.poll(() => waiting(get)).toBe(1)
  await server.close()
  expect(await answer).toMatchObject({ status: 503, body: 'unknown: the agent is stopping\n' })
  expect(source.subscribers).toBe(0)
})

async function waiting(get: (path: string) => Promise<{ body: string }>): Promise<number> {
  const { body } = await get('/metrics')
  return Number(/^hostdeps_http_waiting_requests (\d+)$/m.exec(body)?.[1])
}

/** By a client of another address; the answer as it came. */
async function askFrom(localAddress: string, url: string): Promise<string> {
  const { hostname, port, pathname, search } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), localAddress })
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  return text(socket)
}
