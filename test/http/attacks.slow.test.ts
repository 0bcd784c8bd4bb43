import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { addExplainRoute } from '#agent/http/explain-route.ts'
import { createServer } from '#agent/http/server.ts'
import { sendRaw } from './raw.ts'
import type { RawAnswer } from './raw.ts'
import { fakeSource } from './report-fixture.ts'
import { serve } from './serve.ts'

const host = 'Host: localhost\r\n'
const neverAsked = () => Promise.reject(new Error('no log comes whole'))
const post = `POST /v1/explain HTTP/1.1\r\n${host}`
const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`
/** What would be answered by metrics if it were taken for a request. */
const inner = `GET /metrics HTTP/1.1\r\n${host}\r\n`

/** What two readers may understand differently, or what is too much. */
const heads: readonly (readonly [title: string, bytes: string, status: number])[] = [
  ['CL.TE', `${post}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`, 400],
  ['TE.CL', `${post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n2f\r\n${inner}\r\n0\r\n\r\n`, 400],
  [
    'CL.TE of a GET',
    `GET / HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['two lengths', `${post}Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde`, 400],
  ['the same length twice', `${post}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`, 400],
  ['a list of lengths', `${post}Content-Length: 3, 3\r\n\r\nabc`, 400],
  ['a length with a sign', `${post}Content-Length: +3\r\n\r\nabc`, 400],
  ['a negative length', `${post}Content-Length: -1\r\n\r\nabc`, 400],
  ['a length in hex', `${post}Content-Length: 0x3\r\n\r\nabc`, 400],
  ['a length of 2^64', `${post}Content-Length: 18446744073709551616\r\n\r\nabc`, 400],
  ['a length of 1 TiB', `${post}Content-Length: 1099511627776\r\n\r\nabc`, 413],
  ['chunked, and then identity', `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400],
  ['two encodings', `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n`, 400],
  ['an encoding that is almost chunked', `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
  ['chunked in HTTP/1.0', chunked.replace('/1.1', '/1.0') + '0\r\n\r\n', 400],
  ['a space before the colon', `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 400],
  ['a space before the colon of Host', 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n', 400],
  ['a folded header', `GET / HTTP/1.1\r\n${host}A: a\r\n b\r\n\r\n`, 400],
  ['a folded first header', `GET / HTTP/1.1\r\n A: a\r\n${host}\r\n`, 400],
  ['LF alone', 'GET / HTTP/1.1\nHost: localhost\n\n', 400],
  ['LF alone within the header', 'GET / HTTP/1.1\r\nHost: localhost\nA: b\r\n\r\n', 400],
  ['CR alone', 'GET / HTTP/1.1\r\nHost: localhost\rA: b\r\n\r\n', 400],
  ['NUL in a header', `GET / HTTP/1.1\r\n${host}A: a\0b\r\n\r\n`, 400],
  ['a header without a colon', `GET / HTTP/1.1\r\n${host}A\r\n\r\n`, 400],
  ['a header without a name', `GET / HTTP/1.1\r\n${host}: a\r\n\r\n`, 400],
  ['a chunk of 2^68 bytes', `${chunked}fffffffffffffffff\r\nabc\r\n0\r\n\r\n`, 400],
  ['a chunk of fewer than none', `${chunked}-1\r\nabc\r\n0\r\n\r\n`, 400],
  ['a chunk of no number', `${chunked}zz\r\nabc\r\n0\r\n\r\n`, 400],
  ['a chunk that ends by LF', `${chunked}3\nabc\r\n0\r\n\r\n`, 400],
  ['a chunk longer than it says', `${chunked}2\r\nabc\r\n0\r\n\r\n`, 400],
  ['an extension of a chunk of 100 kB', `${chunked}3;${'a'.repeat(100_000)}\r\nabc\r\n0\r\n\r\n`, 400],
  ['chunks of more than 1 MiB', `${chunked}${`ffff\r\n${'a'.repeat(65_535)}\r\n`.repeat(17)}0\r\n\r\n`, 413],
  ['trailers of 100 kB', `${chunked}1\r\na\r\n0\r\nA: ${'a'.repeat(100_000)}\r\n\r\n`, 431],
  ['a request line of 100 kB', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${host}\r\n`, 431],
  ['a method of 100 kB', `${'G'.repeat(100_000)} / HTTP/1.1\r\n${host}\r\n`, 400],
  ['1,000 headers', `GET / HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(1_000)}\r\n`, 431],
  ['a header of 1 MiB', `GET / HTTP/1.1\r\n${host}A: ${'a'.repeat(1024 * 1024)}\r\n\r\n`, 431],
  ['a header name of 100 kB', `GET / HTTP/1.1\r\n${host}${'A'.repeat(100_000)}: a\r\n\r\n`, 431],
  ['HTTP/0.9', 'GET /\r\n\r\n', 400],
  ['HTTP/9.9', `GET / HTTP/9.9\r\n${host}\r\n`, 400],
  ['70 headers', `GET / HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(70)}\r\n`, 431],
  ['tabs in the request line', `GET\t/\tHTTP/1.1\r\n${host}\r\n`, 400],
  ['TLS', '\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003', 400],
]

test.each(heads)('%s is refused, and the connection closed', async (_title, bytes, status) => {
  const { server } = await serve(fakeSource(), '127.0.0.1', { explain: neverAsked })
  const [answer, ...more] = await talk(server.address, bytes)
  expectProblem(answer, status)
  expect(more).toEqual([])
  await expectServing(server.address)
})

const legal: readonly (readonly [title: string, bytes: string, status: number])[] = [
  ['a request in a body', `POST /v1/report HTTP/1.1\r\n${host}${lengthOf(inner)}\r\n${inner}`, 405],
  ['a request in the body of a GET', `GET /nope HTTP/1.1\r\n${host}${lengthOf(inner)}\r\n${inner}`, 404],
  ['a request in a body of a 404', `POST /nope HTTP/1.1\r\n${host}${lengthOf(inner)}\r\n${inner}`, 404],
  ['a request in a chunk', `${chunked}${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`, 403],
  ['an extension of a chunk', `${chunked}3;a="b\\"c"\r\nabc\r\n0\r\n\r\n`, 403],
  ['a Host in the trailers', `${chunked}3\r\nabc\r\n0\r\nHost: evil.example\r\n\r\n`, 403],
]

test.each(legal)('%s is one request, with one answer', async (_title, bytes, status) => {
  const { server } = await serve()
  const last = `GET /healthz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`
  const [answer, ...more] = await talk(server.address, bytes, last)
  expectProblem(answer, status)
  // A server that does not read a body closes the connection.
  for (const { status: next, body } of more) expect([next, body]).toEqual([200, 'ok\n'])
  await expectServing(server.address)
})

const endless = [
  { beginning: '', more: '' },
  { beginning: '', more: '\r\n' },
  { beginning: 'GET /', more: 'a' },
  { beginning: `GET / HTTP/1.1\r\n${host}A: `, more: 'a' },
  { beginning: `${post}Content-Length: 1000\r\n\r\n`, more: 'a' },
  { beginning: chunked, more: '1\r\na\r\n' },
  { beginning: `${chunked}1;`, more: 'a' },
] as const

const isBody = (one?: { readonly beginning: string }) => one?.beginning.startsWith('POST') ?? false

test('who sends a header or a body without end, a byte at a time, gets 408, and holds up nobody', async () => {
  const { app } = await createServer()
  onTestFinished(() => app.close())
  addExplainRoute(app, { explain: neverAsked, log: undefined })
  // It is looked for each 5 s.
  Object.assign(app.server, { headersTimeout: 200, requestTimeout: 200 })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const all = Array.from({ length: 10 }, () => endless).flat()
  const slow = all.map((one) => drip(address, one))
  await expect
    .poll(() => sendRaw(address, `GET /nope HTTP/1.1\r\n${host}\r\n`))
    .toMatchObject({ status: 404 })
  const answers = await Promise.all(slow)
  // Only one body is read at a time; the others are refused before.
  const busy = (answer?: RawAnswer, index = 0) => answer?.status === 503 && isBody(all[index])
  for (const [index, [answer]] of answers.entries()) if (!busy(answer, index)) expectProblem(answer, 408)
})

const long = '%41'.repeat(1_000)
const targets: readonly (readonly [target: string, status: number])[] = [
  ...[
    '/..',
    '/../../etc/passwd',
    '/./v1/report',
    '/v1/../v1/report',
    '/v1/%2e%2e/v1/report',
    '/%2e/v1/report',
    '//v1/report',
    '/v1//report',
    '/v1/report/',
    '/V1/report',
    '/v1%2freport',
    '/%2fv1%2freport',
    '/v1/report%00',
    '/v1/report%20',
    '/v1/report%0d%0aA:%20b',
    '/v1/report;a=b',
    '/;',
    '/*',
    '/%00',
    '/%3Cscript%3E',
    '/docs/openapi.json',
    '/openapi.json/..',
    '/.git/config',
    `/${long}`,
    'http://localhost/v1/nope',
    'http://localhost//v1/report',
    'ftp://localhost/v1/report',
  ].map((target) => [target, 404] as const),
  ...['/checks', '/v1/checks', '/ready'].flatMap((folder) =>
    [
      '..',
      '.',
      '%2e%2e',
      '..%2f..%2f',
      '..%5c..%5cetc',
      '%00',
      'a%00b',
      'gpu%00',
      'gpu;a=b',
      'a%0d%0aA:%20b',
      '%E2%80%AE',
      '__proto__',
      'constructor',
      '%2F%2Fv1%2Freport',
      long,
    ].map((name) => [`${folder}/${name}`, 404] as const),
  ),
  ...['/ready/%', '/ready/%zz', '/ready/%u0041', '/checks/%ff', '/ready/%c0%ae%c0%ae', '/%c0%ae%c0%ae/'].map(
    (target) => [target, 400] as const,
  ),
  ...['*', '', 'v1/report', '?all', '\\v1\\report', '/\u00ff', '/ready/\u0001', '/v1/report x'].map(
    (target) => [target, 400] as const,
  ),
  ['http://evil.example/', 421],
  ['http://localhost@evil.example/', 421],
  ...[
    '/?__proto__=1',
    '/?__proto__[all]=1',
    '/?constructor=1',
    '/?state=__proto__',
    '/?state=ready&state=missing',
    '/?all&all',
    '/?all=%00',
    '/?%00',
    '/#all',
    '/v1/report?a=1',
    '/v1/report?__proto__=a',
    '/v1/report?%zz',
    '/checks/gpu?a',
    '/v1/checks/gpu?name=open-iscsi',
    '/ready/gpu?wait=1s&wait=2s',
    '/ready/gpu?wait[]=1s',
    '/ready/gpu?wait=1s%00',
    '/ready/gpu?wait=-1s',
    '/ready/gpu?wait=1e9s',
    '/ready/gpu?name=a',
    '/metrics?a=%ff',
    '/healthz?=',
    `/healthz?${'a&'.repeat(1_500)}`,
    '/readyz?verbose',
    `/v1/watch?${'check=gpu&'.repeat(101)}`,
    '/v1/watch?__proto__=a',
  ].map((target) => [target, 400] as const),
  ['/v1/watch?check=__proto__', 404],
  ['/v1/watch?check=%00', 404],
]

test.each(targets)('GET %j is %i', async (target, status) => {
  const { server } = await serve()
  const head = `GET ${target} HTTP/1.1\r\n${host}X-Mark: marker\r\nConnection: close\r\n\r\n`
  const [answer, ...more] = await talk(server.address, head)
  expectProblem(answer, status)
  expect(more).toEqual([])
  await expectServing(server.address)
})

test.each([
  ['OPTIONS', 405],
  ['TRACE', 405],
  ['PATCH', 405],
  ['QUERY', 405],
  // Methods of WebDAV and UPnP, which Node.js knows and the router does not.
  ['PROPFIND', 404],
  ['M-SEARCH', 404],
])('%s is %i, and of * 400', async (method, status) => {
  const { server } = await serve()
  const ask = (target: string) =>
    sendRaw(server.address, `${method} ${target} HTTP/1.1\r\n${host}X-Mark: marker\r\n\r\n`)
  const answer = await ask('/v1/report')
  expectProblem(answer, status)
  expect(answer.headers.get('allow')).toBe(status === 405 ? 'GET, HEAD' : null)
  expect(answer.body).not.toContain('marker')
  expectProblem(await ask('*'), 400)
  await expectServing(server.address)
})

/** Whatever was sent, these are the headers, and nothing of it is in them. */
const known: Readonly<Record<string, RegExp>> = {
  'content-type': /^application\/problem\+json(; charset=utf-8)?$/,
  'content-length': /^\d+$/,
  'x-content-type-options': /^nosniff$/,
  'cache-control': /^no-store$/,
  connection: /^(close|keep-alive)$/,
  'keep-alive': /^timeout=\d+$/,
  date: /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/,
  vary: /^accept$/,
  allow: /^(GET, HEAD|POST)$/,
}

function expectProblem(answer: RawAnswer | undefined, status: number): asserts answer is RawAnswer {
  expect(answer?.status).toBe(status)
  for (const [name, value] of answer?.headers ?? [])
    expect([name, value]).toEqual([name, expect.stringMatching(known[name] ?? /^never$/)])
  expect(JSON.parse(answer?.body ?? '')).toMatchObject({
    type: 'about:blank',
    status,
    detail: expect.any(String),
  })
}

async function expectServing(address: string): Promise<void> {
  const { status, body } = await sendRaw(address, `GET /healthz HTTP/1.1\r\n${host}\r\n`)
  expect([status, body]).toEqual([200, 'ok\n'])
}

/**
 * All answers until the server closes the connection. Who is still sending then may lose what was answered to a reset, and tries
 * again.
 */
async function talk(address: string, bytes: string, next = ''): Promise<RawAnswer[]> {
  for (let tries = 0; tries < 50; tries++) {
    const socket = await open(address)
    socket.write(Buffer.from(bytes, 'latin1'))
    if (next !== '') socket.once('data', () => socket.write(next))
    const text = await read(socket)
    if (text !== '') return answersIn(text)
  }
  throw new Error('there was never an answer')
}

/** Sends a beginning, and then more of it for as long as it may. */
async function drip(address: string, { beginning, more }: (typeof endless)[number]): Promise<RawAnswer[]> {
  const socket = await open(address)
  socket.write(beginning)
  const timer = setInterval(() => socket.writable && socket.write(more), 50)
  const text = await read(socket)
  clearInterval(timer)
  return answersIn(text)
}

async function open(address: string): Promise<Socket> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Until the server closes the connection, or resets it. */
async function read(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => (text += part))
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.on('error', () => socket.destroy()).once('close', () => resolve())
  await promise
  return text
}

function answersIn(text: string): RawAnswer[] {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return []
  const [line = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = new Headers(lines.map((header) => header.split(/: /, 2) as [string, string]))
  const length = end + 4 + Number(headers.get('content-length'))
  const answer = { status: Number(line.split(' ')[1]), headers, body: text.slice(end + 4, length) }
  return [answer, ...answersIn(text.slice(length))]
}

function lengthOf(body: string): string {
  return `Content-Length: ${body.length}\r\n`
}
