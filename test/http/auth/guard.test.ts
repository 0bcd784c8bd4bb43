import { expect, onTestFinished, test, vi } from 'vitest'
import type { FakeSource } from '../report-fixture.ts'
import { crash, fakeSource, makeReport } from '../report-fixture.ts'
import { sendRaw } from '../raw.ts'
import { serve } from '../serve.ts'
import { startReviewServer } from './review-server.ts'

interface Options {
  readonly exempt?: readonly string[]
  readonly audiences?: readonly string[]
  readonly source?: FakeSource
}

/** A server behind the guard, and its API server. */
async function serveGuarded({ exempt = [], audiences = ['hostdeps.dev'], source }: Options = {}) {
  const reviews = await startReviewServer({
    reader: { user: 'anna', may: ['/*'] },
    gate: { user: 'gate', may: ['/ready/*'] },
    one: { user: 'one', may: ['/ready/gpu'] },
    nobody: { user: 'norights', may: [] },
    cluster: { user: 'berta', may: ['/*'], audience: 'https://kubernetes.default.svc' },
  })
  const auth = { api: reviews.api, audiences, exempt }
  const served = await serve(source, '127.0.0.1', { auth })
  const get = (path: string, token?: string, headers: Readonly<Record<string, string>> = {}) =>
    served.get(path, { headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) } })
  return { ...served, get, reviews }
}

/** The clock stands still until a test moves it. */
function stopClock(): (milliseconds: number) => void {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
  return (milliseconds) => void vi.advanceTimersByTime(milliseconds)
}

test('who has the right gets the answer, who has not 403, a wrong token and none 401', async () => {
  const { get, reviews } = await serveGuarded()
  expect((await get('/v1/report', 'reader')).status).toBe(200)
  const forbidden = await get('/v1/report', 'gate')
  expect([forbidden.status, forbidden.type]).toEqual([403, 'application/problem+json; charset=utf-8'])
  expect(JSON.parse(forbidden.body).detail).toBe(
    "the token's user lacks the right to get the nonResourceURL /v1/report",
  )
  const none = await get('/v1/report')
  expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="hostdeps"'])
  expect(JSON.parse(none.body).detail).toBe('a bearer token for the audience hostdeps.dev is needed')
  const wrong = await get('/v1/report', 'guessed')
  expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([
    401,
    'Bearer realm="hostdeps", error="invalid_token"',
  ])
  for (const { headers } of [forbidden, none, wrong]) expect(headers.get('cache-control')).toBe('no-store')
  expect(reviews.asked).toEqual([
    'token reader',
    'anna get /v1/report',
    'token gate',
    'gate get /v1/report',
    'token guessed',
  ])
})

test('HEAD needs the right to get, and any other method its own', async () => {
  const { server, reviews } = await serveGuarded()
  const send = (method: string) =>
    sendRaw(
      server.address,
      `${method} /v1/report HTTP/1.1\r\nHost: localhost\r\nAuthorization: bearer  reader\r\n\r\n`,
    )
  expect((await send('HEAD')).status).toBe(200)
  expect((await send('DELETE')).status).toBe(403)
  expect(reviews.asked.slice(1)).toEqual(['anna get /v1/report', 'anna delete /v1/report'])
})

test.each([
  'Basic cmVhZGVy',
  'Bearer',
  'Bearer a b',
  'Bearer r\u00e9ader',
  'reader',
  'Bearer reader,reader',
  '',
])('the header "%s" has no token, and nobody is asked', async (authorization) => {
  const { get, reviews } = await serveGuarded()
  expect((await get('/v1/report', undefined, { authorization })).status).toBe(401)
  expect(reviews.asked).toEqual([])
})

test('a token of another audience is none, also where the API server would take it for its own', async () => {
  const { get } = await serveGuarded()
  expect((await get('/', 'cluster')).status).toBe(401)
  const both = await serveGuarded({ audiences: ['hostdeps.dev', 'https://kubernetes.default.svc'] })
  expect((await both.get('/', 'cluster')).status).toBe(200)
  expect((await both.get('/', 'reader')).status).toBe(200)
})

test('a right to one check is to no other', async () => {
  const { get } = await serveGuarded()
  expect((await get('/ready/gpu', 'one')).status).toBe(200)
  const other = await get('/ready/open-iscsi', 'one')
  expect([other.status, JSON.parse(other.body).detail]).toEqual([
    403,
    "the token's user lacks the right to get the nonResourceURL /ready/*",
  ])
})

test('what is exempt needs no token; the probes never do, and say no more than how things are', async () => {
  const source = fakeSource()
  const { get, reviews } = await serveGuarded({ exempt: ['/ready/'], source })
  expect((await get('/ready/gpu')).status).toBe(200)
  expect((await get('/healthz')).status).toBe(200)
  source.unpublished = 'nodes "worker-1" is forbidden'
  source.put(makeReport())
  const { status, body } = await get('/readyz')
  expect([status, JSON.parse(body).detail]).toEqual([503, 'the report is not on the Node'])
  for (const path of ['/', '/?all', '/v1/report', '/v1/checks/gpu', '/metrics'])
    expect([path, (await get(path)).status]).toEqual([path, 401])
  expect(reviews.asked).toEqual([])
})

/** What the router makes of it, and not what it looks like, decides. */
test.each([
  ['/ready/%2e%2e/v1/report', 404],
  ['/ready/../v1/report', 401],
  ['/ready/..%2fv1%2freport', 404],
  ['/ready/%2e%2e%2fv1%2freport', 404],
  ['/ready/..%5cv1%5creport', 404],
  ['/ready//v1/report', 404],
  ['//v1/report', 404],
  ['/v1/report/', 404],
  ['/V1/report', 404],
  ['/%761/report', 401],
  ['/v1/%72eport', 401],
  ['/v1/report?/ready/', 401],
  ['/v1/report;/ready/', 404],
  ['/v1/report%00', 404],
  ['/v1/report%3f/ready/', 404],
  ['/ready/%00', 404],
  ['/ready/', 404],
  ['/ready', 404],
  ['/healthz/../v1/report', 401],
  ['/healthz%2f..%2fv1%2freport', 404],
  ['/?x=/healthz', 401],
  ['http://localhost/v1/report', 401],
  ['*', 400],
  ['/v1/report#/ready/', 400],
  ['http://localhost/ready/../v1/report', 404],
  ['/v1/checks/..%2f..%2fready%2fgpu', 401],
])('without a token, where /ready/ is exempt, %s is %i', async (target, status) => {
  const { server, reviews } = await serveGuarded({ exempt: ['/ready/'] })
  const resolved =
    target.startsWith('/') && target.includes('/../') ? new URL(target, 'http://x').pathname : target
  const answer = await sendRaw(server.address, `GET ${resolved} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  expect(answer.status).toBe(status)
  expect(answer.body).not.toContain('findings')
  expect(reviews.asked).toEqual([])
})

test.each([
  ['/ready/%67pu', 'gate get /ready/gpu', 200],
  ['/%72eady/gpu', 'gate get /ready/gpu', 200],
  ['/ready/..%2fv1%2freport', 'gate get /ready/..%2Fv1%2Freport', 404],
  ['/ready/a%00b', 'gate get /ready/a%00b', 404],
  ['/v1/checks/..%2f..%2fready%2fgpu', 'gate get /v1/checks/..%2F..%2Fready%2Fgpu', 403],
  ['/%761/report?a=/ready/gpu', 'gate get /v1/report', 403],
])('of %s the API server is asked as of the route that is served: %s', async (target, asked, status) => {
  const { server, reviews } = await serveGuarded()
  const head = `GET ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer gate\r\n\r\n`
  expect((await sendRaw(server.address, head)).status).toBe(status)
  expect(reviews.asked).toEqual(['token gate', asked])
})

test('pods are named to whom the guard lets in, and not where no token is needed, with other tags', async () => {
  const source = fakeSource({ ...makeReport(), crashes: [crash()] })
  const { get } = await serveGuarded({ exempt: ['/v1'], source })
  const named = await get('/', 'reader', { accept: 'text/html' })
  expect(named.body).toContain('longhorn-manager-5mc6p')
  const report = await serveGuarded({ source })
  expect((await report.get('/v1/report', 'reader')).body).toContain('longhorn-manager-5mc6p')
  const open = await get('/v1/report')
  expect([open.status, JSON.parse(open.body).crashes[0].containers]).toEqual([200, 1])
  expect(open.body).not.toContain('longhorn-manager-5mc6p')
  // A path without a token is the same with one.
  expect((await get('/v1/report', 'reader')).body).toBe(open.body)
  expect(open.headers.get('etag')).not.toBe(named.headers.get('etag'))
  const stolen = { 'if-none-match': named.headers.get('etag') ?? '' }
  expect((await get('/v1/report', undefined, stolen)).status).toBe(200)
  expect((await get('/', undefined, stolen)).status).toBe(401)
  expect((await get('/', 'reader', { accept: 'text/html', ...stolen })).status).toBe(304)
})

test('without a prefix that some route has it does not start', async () => {
  await expect(serveGuarded({ exempt: ['/redy/'] })).rejects.toThrow(
    /^--auth-exempt \/redy\/ is no path or folder of these: \/, .*\/ready\/\*/,
  )
})

test('no answer has anything of the request in it', async () => {
  const { get } = await serveGuarded()
  const marks = { 'x-mark': 'marker', origin: 'http://marker', accept: 'marker' }
  for (const [path, token] of [
    ['/v1/report?marker', undefined],
    ['/v1/report?marker', 'marker'],
    ['/v1/checks/marker', 'gate'],
    ['/ready/marker', 'nobody'],
  ] as const) {
    const { status, headers, body } = await get(path, token, marks)
    expect(status).toBeOneOf([401, 403])
    expect(`${JSON.stringify([...headers])}${body}`).not.toContain('marker')
  }
})

test('a review counts for a minute, and a no for ten seconds', async () => {
  const pass = stopClock()
  const { get, reviews } = await serveGuarded()
  const ask = async (token: string) => (await get('/v1/report', token)).status
  expect([await ask('reader'), await ask('gate'), await ask('guessed')]).toEqual([200, 403, 401])
  reviews.holders.set('reader', { user: 'anna', may: [] })
  reviews.holders.set('gate', { user: 'gate', may: ['/*'] })
  reviews.holders.set('guessed', { user: 'new', may: ['/*'] })
  const before = reviews.asked.length
  pass(9_999)
  expect([await ask('reader'), await ask('gate'), await ask('guessed')]).toEqual([200, 403, 401])
  expect(reviews.asked).toHaveLength(before)
  pass(2)
  expect([await ask('reader'), await ask('gate'), await ask('guessed')]).toEqual([200, 200, 200])
  pass(50_000)
  expect(await ask('reader')).toBe(403)
})

test('a token counts no longer than it says itself', async () => {
  const pass = stopClock()
  const { get, reviews } = await serveGuarded()
  const claims = { exp: Math.floor(Date.now() / 1_000) + 20 }
  const token = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
  reviews.holders.set(token, { user: 'anna', may: ['/*'] })
  expect((await get('/', token)).status).toBe(200)
  reviews.holders.delete(token)
  pass(18_000)
  expect((await get('/', token)).status).toBe(200)
  pass(2_000)
  expect((await get('/', token)).status).toBe(401)
})

test('requests that come at once with the same token share one review', async () => {
  const { get, reviews } = await serveGuarded()
  const { promise, resolve } = Promise.withResolvers<void>()
  reviews.hold = promise
  const all = Array.from({ length: 20 }, () => get('/metrics', 'reader'))
  await expect.poll(() => reviews.asked.length).toBe(1)
  resolve()
  expect(new Set((await Promise.all(all)).map(({ status }) => status))).toEqual(new Set([200]))
  expect(reviews.asked).toEqual(['token reader', 'anna get /metrics'])
})

test.each([['silence'], [500], [403], [429]] as const)(
  'while the API server answers %s, what it decided counts for its time, and then is 503; it is asked ever less',
  async (trouble) => {
    const pass = stopClock()
    const { get, reviews } = await serveGuarded()
    expect((await get('/', 'reader')).status).toBe(200)
    reviews.trouble = trouble
    pass(59_000)
    expect((await get('/', 'reader')).status).toBe(200)
    const fresh = await get('/', 'gate')
    expect([fresh.status, Number(fresh.headers.get('retry-after'))]).toEqual([
      503,
      expect.toSatisfy((s) => s > 0),
    ])
    pass(1_001)
    expect((await get('/', 'reader')).status).toBe(503)
    const before = reviews.asked.length
    for (let count = 0; count < 50; count++) {
      expect((await get('/', `reader${count}`)).status).toBe(503)
      pass(200)
    }
    // 10 s with pauses of 2, 4 and 8.
    expect(reviews.asked.length - before).toBeLessThanOrEqual(3)
    reviews.trouble = null
    pass(30_000)
    expect((await get('/', 'reader')).status).toBe(200)
    expect((await get('/', 'gate')).status).toBe(403)
  },
)

test('a request that the API server cannot read is refused, and harms no other', async () => {
  const { get, reviews } = await serveGuarded()
  reviews.trouble = 422
  expect((await get('/', 'guessed')).status).toBe(503)
  reviews.trouble = null
  expect((await get('/', 'reader')).status).toBe(200)
})

test('one address has few unknown tokens reviewed; known ones go on', async () => {
  const pass = stopClock()
  const { get, reviews } = await serveGuarded()
  expect((await get('/', 'reader')).status).toBe(200)
  for (let count = 0; count < 25; count++) {
    pass(1_000)
    await Promise.all(Array.from({ length: 10 }, (_, one) => get('/', `guess-${count}-${one}`)))
  }
  pass(1_000)
  const statuses = await Promise.all(Array.from({ length: 10 }, (_, one) => get('/', `more-${one}`)))
  const late = statuses.find(({ status }) => status === 429)
  expect(Number(late?.headers.get('retry-after'))).toBeGreaterThan(0)
  const before = reviews.asked.length
  expect((await get('/', 'unseen')).status).toBe(429)
  expect((await get('/')).status).toBe(401)
  expect((await get('/', 'reader')).status).toBe(200)
  expect(reviews.asked).toHaveLength(before)
  pass(60_001)
  expect((await get('/', 'reader')).status).toBe(200)
})
