import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { startHttp } from '#agent/http/start-http.ts'
import { fakeSource } from '../../http/report-fixture.ts'
import { publishStatus } from '../../model/settings.ts'
import { Broken, claim } from '../claims/harmless.ts'
import { mutateText, oddText } from '../draw/odd-texts.ts'
import type { Random } from '../draw/random.ts'
import type { Opened, Target } from '../target.ts'

/** What is sent on one connection: bytes, a character each, in so many parts. */
export interface Sent {
  readonly parts: readonly string[]
}

/** A real server on loopback, and whatever may come to it. */
export const httpTarget: Target = {
  name: 'http',
  share: 500,
  wanted: { 200: 0.1, 404: 0.02, 400: 0.05, 405: 0.02 },
  open,
}

async function open(): Promise<Opened> {
  const server = await startHttp({
    source: fakeSource(),
    host: '127.0.0.1',
    port: 0,
    publishing: () => publishStatus(null),
  })
  const port = Number(new URL(server.address).port)
  return {
    draw: (random): Sent => ({ parts: split(random, request(random)) }),
    run: (sent: Sent) => send(sent, port),
    async close() {
      const late = sleep(longest, 'late', { ref: false })
      claim((await Promise.race([server.close(), late])) !== 'late', () => 'the server does not stop')
    },
  }
}

const methods = ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'PRI', 'get', 'X'] as const
const protocols = ['HTTP/1.0', 'HTTP/2.0', 'HTTP/1.2'] as const
const paths = [
  '/',
  '/v1/report',
  '/v1/checks/open-iscsi',
  '/v1/checks/nope',
  '/ready/open-iscsi',
  '/ready/kubernetes-node',
  '/ready/nope',
  '/ready/open-iscsi?wait=20ms',
  '/ready/open-iscsi?wait=x&wait=1s',
  '/metrics',
  '/healthz',
  '/readyz',
  '/%2e%2e/%00',
  '/v1/checks/%ff%fe',
  '/v1/checks/__proto__',
  '//evil.example/',
  'http://evil.example/',
  '*',
] as const

const headers = [
  'Accept: text/html',
  'Accept: application/json',
  'Accept-Encoding: gzip, br',
  'Connection: keep-alive, Upgrade',
  'Connection: close',
  'Upgrade: h2c',
  'Expect: 100-continue',
  'Expect: x',
  'If-None-Match: *',
  'If-None-Match: W/"a", "b"',
  'Range: bytes=0-1',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: identity, chunked',
  'Content-Length: 5',
  'Content-Length: 18446744073709551616',
  'Content-Length: -1',
  'Content-Type: application/json',
  'Host: evil.example',
  'X-Forwarded-For: 1.2.3.4',
  'Origin: http://evil.example',
  'Cookie: a=b',
  'Transfer-Encoding : chunked',
  ' folded',
] as const

/** One or two requests, mostly well formed. */
function request(random: Random): string {
  const one = () => {
    const method = random.chance(0.6) ? 'GET' : random.pick(methods)
    const protocol = random.chance(0.9) ? 'HTTP/1.1' : random.pick(protocols)
    const head = [
      `${method} ${path(random)} ${protocol}`,
      ...(random.chance(0.95)
        ? [random.pick(['Host: 127.0.0.1', 'Host: localhost', 'Host: localhost:80', 'Host: [::1]'])]
        : []),
      ...Array.from({ length: random.few(4) }, () =>
        random.chance(0.95) ? random.pick(headers) : `${oddText(random)}: ${oddText(random)}`,
      ),
    ]
    return `${head.join('\r\n')}\r\n\r\n${random.chance(0.7) ? '' : random.pick(['hello', '5\r\nhello\r\n0\r\n\r\n', '{"a":1}', oddText(random)])}`
  }
  const text = random.chance(0.85) ? one() : one() + one()
  return random.chance(0.1) ? mutateText(random, text) : text
}

function path(random: Random): string {
  if (random.chance(0.8)) return random.pick(paths)
  const odd = random.chance(0.7) ? encodeURIComponent(oddText(random).toWellFormed()) : oddText(random)
  return `${random.pick(['/', '/v1/checks/', '/ready/', '/?', '/ready/open-iscsi?wait='])}${odd}`
}

/** As it may come in packets. */
function split(random: Random, text: string): readonly string[] {
  if (random.chance(0.6)) return [text]
  const at = random.below(text.length + 1)
  return random.chance(0.7)
    ? [text.slice(0, at), text.slice(at)]
    : [...text.slice(0, 60).split(''), text.slice(60)]
}

/** Milliseconds: for an answer and its end, however busy this machine is. */
const longest = 30_000

/** Sends all of it and says no more; the answer must end, and nothing of the connection be left. */
async function send(sent: Sent, port: number): Promise<string> {
  const before = openSockets()
  const text = await answerTo(sent, port)
  const until = Date.now() + longest
  while (openSockets() > before && Date.now() < until) await sleep(1)
  claim(openSockets() <= before, () => 'the connection stays open on the side of the server')
  return claimAnswers(text, sent.parts.join(''))
}

/** Of this process, which is client and server. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
}

async function answerTo({ parts }: Sent, port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const answer = collect(socket)
  await once(socket, 'connect')
  for (const [index, part] of parts.entries()) {
    if (index > 0) await sleep(0)
    if (socket.writable) socket.write(Buffer.from(part, 'latin1'))
  }
  if (socket.writable) socket.end()
  const timer = setTimeout(() => socket.destroy(new Broken('the answer does not end')), longest)
  return answer.finally(() => clearTimeout(timer))
}

async function collect(socket: Socket): Promise<string> {
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // One that is reset has ended too: the server does not read on.
  socket.on('error', (error) => (error instanceof Broken ? reject(error) : resolve()))
  socket.on('close', () => resolve())
  socket.on('end', () => socket.destroy())
  await promise
  return Buffer.concat(parts).toString('latin1')
}

function claimAnswers(text: string, sent: string): string {
  if (text === '') return 'nothing'
  claim(/^HTTP\/1\.1 \d{3} /.test(text), () => `no answer of HTTP: ${JSON.stringify(text.slice(0, 100))}`)
  const heads = [...text.matchAll(/^HTTP\/1\.1 (\d{3}) .*?\r\n(.*?)\r\n\r\n/gms)]
  for (const [, status = '', head = ''] of heads) claimHead(Number(status), head, sent)
  claim(
    !/\n\s+at \S+ ?\(?\S+:\d+:\d+/.test(text) && !text.includes('node_modules'),
    () => 'the answer has a stack',
  )
  claim(heads.length <= sent.split('\r\n\r\n').length, () => `${heads.length} answers`)
  return heads.find(([, status]) => status !== '100')?.[1] ?? 'only 100'
}

function claimHead(status: number, head: string, sent: string): void {
  claim(status < 500 || status === 503, () => `${status} to ${JSON.stringify(sent.slice(0, 200))}`)
  if (status < 200) return
  claim(/^x-content-type-options: nosniff$/im.test(head), () => `${status} without nosniff`)
  claim(!/^access-control-/im.test(head), () => 'another origin is let in')
  const isProblem = /^content-type: application\/problem\+json/im.test(head)
  const isReady = /\/ready\//.test(sent) || /\/(health|ready)z/.test(sent)
  claim(status < 400 || isProblem || isReady, () => `${status} is no problem details`)
}
