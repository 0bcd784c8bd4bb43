import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { openExplainer } from '#agent/commands/wiring/explain/open-explainer.ts'
import { explainAnswer } from '#agent/http/contract/answers.ts'
import { startHttp } from '#agent/http/start-http.ts'
import type { Explain } from '#agent/model/explanation.ts'
import { fakeSource } from './report-fixture.ts'
import { ask, serve } from './serve.ts'

const shipped = { config: null, allowCommands: false }
const log = 'nsenter: failed to execute iscsiadm: No such file or directory\n'

/** The real explainer, unless a test has its own. */
async function explaining(explain?: Explain) {
  const source = fakeSource()
  const server = await startHttp({
    source,
    host: '127.0.0.1',
    port: 0,
    publishing: () => null,
    explain: explain ?? openExplainer(shipped, source),
  })
  onTestFinished(() => server.close())
  const post = (body: string, query = '', headers: Readonly<Record<string, string>> = {}) =>
    ask(`${server.address}/v1/explain${query}`, { method: 'POST', body, headers })
  return { source, server, post }
}

test('a log that is sent is explained by the newest report', async () => {
  const { post } = await explaining()
  const answer = await post(log, '?component=longhorn-manager', { accept: 'application/json' })
  expect([answer.status, answer.type]).toEqual([200, 'application/json; charset=utf-8'])
  const value = JSON.parse(answer.body)
  expect(explainAnswer.parse(value)).toEqual(value)
  expect(value).toMatchObject({
    host: { name: 'worker-1' },
    causes: [
      { verdict: 'confirmed', check: 'open-iscsi', need: 'binary:iscsiadm', state: 'missing', line: 1 },
    ],
  })
  const plain = await post(log, '', { 'content-type': 'application/x-www-form-urlencoded' })
  expect(plain.type).toBe('text/plain; charset=utf-8')
  expect(plain.body).toContain('apt-get install -y open-iscsi')
  expect(plain.headers.get('cache-control')).toBe('no-store')
}, 60_000)

test('a log of which nothing is known is explained by nothing', async () => {
  const { post } = await explaining()
  const answer = await post('all is well\n', '?exitCode=137', { accept: 'application/json' })
  expect(JSON.parse(answer.body)).toMatchObject({ causes: [], exit: { code: 137 } })
}, 60_000)

test('a stale report confirms nothing', async () => {
  const { post, source } = await explaining()
  source.stalled = 'no round has finished for 200 s'
  const { host, causes } = JSON.parse((await post(log, '', { accept: 'application/json' })).body)
  expect([host, causes[0].verdict, causes[0].state]).toEqual([null, 'likely', null])
}, 60_000)

test.each([
  ['', '', 400, 'the body must be the text of a log'],
  ['x', '?exitCode=256', 400, 'exitCode must be an exit code, 0 to 255'],
  ['x', '?exit-code=1', 400, 'this path takes no parameter exit-code (did you mean exitCode?)'],
  ['x'.repeat(1024 * 1024 + 1), '', 413, 'Request body is too large'],
])('%# is refused', async (body, query, status, detail) => {
  const { post } = await explaining(() => Promise.reject(new Error('it is never asked')))
  const answer = await post(body, query)
  expect(answer.type).toContain('application/problem+json')
  expect(JSON.parse(answer.body)).toMatchObject({ status, detail })
})

test('bodies that do not come cost nothing, and hold up nobody for long', async () => {
  const { server, post } = await explaining(() => Promise.reject(new Error('it is never asked')))
  const { hostname, port } = new URL(server.address)
  const head = 'POST /v1/explain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n'
  const answers: string[] = []
  for (let count = 0; count < 50; count++) {
    const socket = connect(Number(port), hostname)
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => {}).on('data', (chunk) => void answers.push(String(chunk).slice(9, 12)))
    socket.write(`${head}${'x'.repeat(1_000)}`)
    await once(socket, 'connect')
  }
  // One of them has the place; the others hear that at once, before they have sent anything.
  await expect.poll(() => answers.length).toBe(49)
  expect(new Set(answers)).toEqual(new Set(['503']))
  expect((await post('x')).status).toBe(503)
})

test('whoever goes away leaves the place', async () => {
  const { server, post } = await explaining()
  const { hostname, port } = new URL(server.address)
  const socket = connect(Number(port), hostname)
  socket.write('POST /v1/explain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nx')
  await expect.poll(async () => (await post(log)).status).toBe(503)
  socket.destroy()
  await expect.poll(async () => (await post(log)).status).toBe(200)
}, 60_000)

test('one log at a time, and meanwhile everything else is answered', async () => {
  let finish: () => void = () => {}
  const hangs = new Promise<never>((_, reject) => (finish = () => reject(new Error('out of memory'))))
  const { post, server } = await explaining(() => hangs)
  const first = post('x')
  await expect.poll(async () => (await post('y')).status).toBe(503)
  const second = await post('y')
  expect([second.status, second.headers.get('retry-after')]).toEqual([503, '5'])
  expect(JSON.parse(second.body).detail).toBe('another log is being explained; ask again')
  for (const path of ['/healthz', '/ready/gpu', '/v1/report'])
    expect((await ask(server.address + path)).status).toBe(200)
  finish()
  expect(JSON.parse((await first).body).detail).toContain('too much time or memory')
})

test('where it is off, and for a page of another site, it is a 403', async () => {
  const { server } = await serve()
  const off = await ask(`${server.address}/v1/explain`, { method: 'POST', body: 'x' })
  expect([off.status, JSON.parse(off.body).detail]).toEqual([
    403,
    expect.stringContaining('http: { explain: true }'),
  ])
  const { server: on } = await explaining(() => Promise.reject(new Error('it is never asked')))
  // fetch of Node.js does not let this header through.
  const status = await new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } }
    request(`${on.address}/v1/explain`, options, (response) => {
      text(response).then(() => resolve(response.statusCode), reject)
    })
      .once('error', reject)
      .end('x')
  })
  expect(status).toBe(403)
})

test('GET is not served', async () => {
  const { get } = await serve()
  const answer = await get('/v1/explain')
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
})
