import { connect } from 'node:net'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createServer } from '#agent/http/server.ts'
import { sendRaw } from './raw.ts'
import type { RawAnswer } from './raw.ts'
import { serve } from './serve.ts'

const cases: { title: string; path: string; init?: RequestInit; status: number; detail: string }[] = [
  { title: 'a path that is not served', path: '/nope', status: 404, detail: '/v1/report' },
  {
    title: 'a check that does not exist',
    path: '/v1/checks/nope',
    status: 404,
    detail: 'there is no check nope',
  },
  { title: 'a gate that does not exist', path: '/ready/nope', status: 404, detail: 'there is no check nope' },
  { title: 'a URL that cannot be decoded', path: '/ready/%zz', status: 400, detail: 'not a valid url' },
  {
    title: 'a name that is too long',
    path: `/ready/${'a'.repeat(200)}`,
    status: 404,
    detail: 'there is no check whose name has more than 100 characters',
  },
  {
    title: 'a body, which is not read',
    path: '/nope',
    init: post('{'.repeat(70_000)),
    status: 404,
    detail: '/v1/report',
  },
  { title: 'POST', path: '/v1/report', init: post('{'), status: 405, detail: 'only GET and HEAD' },
  {
    title: 'DELETE',
    path: '/ready/gpu',
    init: { method: 'DELETE' },
    status: 405,
    detail: 'only GET and HEAD',
  },
]

test.each(cases)('$title: $status', async ({ path, init, status, detail }) => {
  const { get } = await serve()
  const answer = await get(path, init)
  expect(answer.type).toContain('application/problem+json')
  const problem = JSON.parse(answer.body)
  expect(problem).toMatchObject({ type: 'about:blank', title: expect.any(String), status })
  expect(answer.status).toBe(status)
  expect(problem.detail).toContain(detail)
  expect(answer.headers.get('allow')).toBe(status === 405 ? 'GET, HEAD' : null)
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.has('server')).toBe(false)
})

test.each([
  ['iscsi', ['open-iscsi']],
  ['open-iscsy', ['open-iscsi']],
  ['NFS-Client', ['nfs-client']],
  ['postgres', []],
])('for the check %s near are %j', async (name, near) => {
  const { get } = await serve()
  expect(JSON.parse((await get(`/ready/${name}`)).body).near).toEqual(near)
})

test.each([
  ['nvidia', 'there is no check nvidia; use gpu', ['gpu']],
  ['NVIDIA', 'there is no check NVIDIA; use gpu', ['gpu']],
  ['elsewhere', 'there is no check elsewhere; /v1/report lists all', []],
])('%s is an alias: %s', async (name, detail, near) => {
  const { get } = await serve()
  for (const path of ['/ready', '/v1/checks'])
    expect(JSON.parse((await get(`${path}/${name}`)).body)).toMatchObject({ status: 404, detail, near })
})

test('our own failure is a 500 without a stack, and is logged', async () => {
  const lines: string[] = []
  const { app } = await createServer(pino({}, { write: (line) => void lines.push(line) }))
  app.get('/broken', () => {
    throw new Error('secret detail')
  })
  const answer = await app.inject('/broken')
  expect(answer.statusCode).toBe(500)
  expect(answer.json()).toEqual({
    type: 'about:blank',
    title: 'Internal Server Error',
    status: 500,
    detail: 'hostdeps itself failed; its log says why',
  })
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'a request failed', err: { message: 'secret detail' } },
  ])
})

const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n'

/** What Node.js would answer by itself, bare, or not at all. */
const bare: { title: string; request: string; status: number; detail: string }[] = [
  { title: 'no HTTP at all', request: 'FOO\r\n\r\n', status: 400, detail: 'this is not HTTP/1.1' },
  {
    title: 'HTTP/2',
    request: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    status: 400,
    detail: 'this is not HTTP/1.1',
  },
  { title: 'no Host', request: 'GET / HTTP/1.1\r\n\r\n', status: 400, detail: 'there is no Host header' },
  {
    title: 'two Hosts',
    request: `${get}Host: localhost\r\n\r\n`,
    status: 400,
    detail: 'there is more than one Host header',
  },
  {
    title: 'a header of 5 kB',
    request: `${get}A: ${'a'.repeat(5_000)}\r\n\r\n`,
    status: 431,
    detail: 'the header is larger than 4 KiB, or has more than 64 lines',
  },
  {
    title: 'a header of 100 kB',
    request: `${get}A: ${'a'.repeat(100_000)}\r\n\r\n`,
    status: 431,
    detail: 'the header is larger than 4 KiB, or has more than 64 lines',
  },
  {
    title: 'an expectation',
    request: `${get}Expect: a-miracle\r\n\r\n`,
    status: 417,
    detail: 'Expect: only 100-continue is supported',
  },
  {
    title: 'a tunnel',
    request: 'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    status: 405,
    detail: 'CONNECT is not served here, only GET and HEAD',
  },
  {
    title: 'a body of two lengths',
    request: 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    status: 400,
    detail: 'this is not HTTP/1.1',
  },
]

test.each(bare)('$title is answered with problem details: $status', async ({ request, status, detail }) => {
  const { server } = await serve()
  expectProblem(await sendRaw(server.address, request), status, detail)
})

test('a request that does not arrive is answered with problem details: 408', async () => {
  const { app } = await createServer()
  onTestFinished(() => app.close())
  // It is looked for each 5 s.
  Object.assign(app.server, { headersTimeout: 100, requestTimeout: 100 })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  expectProblem(await sendRaw(address, get), 408, 'the request did not arrive in time')
}, 30_000)

test('a client whose tunnel is refused cannot keep its connection open', async () => {
  const { server } = await serve()
  const { hostname, port } = new URL(server.address)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  // It sends on, takes the answer, and does not close.
  socket.write('CONNECT / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const sending = setInterval(() => socket.write('hello'), 50)
  onTestFinished(() => clearInterval(sending))
  socket.on('error', () => socket.destroy())
  socket.resume()
  await new Promise((resolve) => socket.once('close', resolve))
})

test('an offered upgrade is ignored', async () => {
  const { server } = await serve()
  const request = `${get}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`
  expect((await sendRaw(server.address, request)).status).toBe(200)
})

function expectProblem({ status, headers, body }: RawAnswer, wanted: number, detail: string): void {
  expect(status).toBe(wanted)
  expect(headers.get('content-type')).toContain('application/problem+json')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('allow')).toBe(wanted === 405 ? 'GET, HEAD' : null)
  expect(JSON.parse(body)).toEqual({ type: 'about:blank', title: expect.any(String), status: wanted, detail })
}

function post(body: string): RequestInit {
  return { method: 'POST', body, headers: { 'content-type': 'application/json' } }
}
