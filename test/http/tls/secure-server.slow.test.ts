import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectPlain } from 'node:net'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { sendRaw } from '../raw.ts'
import { fakeSource, makeReport } from '../report-fixture.ts'
import { serve } from '../serve.ts'
import { makeCertificate, mountSecret, testFolder } from './certificates.ts'
import type { CertificateFiles } from './certificates.ts'

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`

/** A server by these files, and what it logs. */
async function serveSecure(tls: CertificateFiles = makeCertificate(testFolder()), host = '127.0.0.1') {
  const logged: { msg: string; why?: string }[] = []
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const { server, source } = await serve(fakeSource(), host, { tls, log })
  return { server, source, logged, ca: readFileSync(tls.cert) }
}

async function open(address: string, options: ConnectionOptions): Promise<TLSSocket> {
  const { hostname, port } = new URL(address)
  const socket = connect({ host: hostname, port: Number(port), ...options })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  return socket
}

async function ask(socket: TLSSocket, path: string): Promise<string> {
  socket.write(get(path))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  return answer.toString()
}

/** The subject of what a new connection is shown. */
async function nameAt(address: string): Promise<string> {
  const socket = await open(address, { rejectUnauthorized: false })
  const name = socket.getPeerCertificate().subject.CN
  socket.destroy()
  return String(name)
}

test('serves HTTPS, by TLS 1.2 or newer', async () => {
  const { server, ca } = await serveSecure()
  expect(server.address).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  const socket = await open(server.address, { ca })
  expect(socket.getProtocol()).toBe('TLSv1.3')
  expect(await ask(socket, '/healthz')).toMatch(/^HTTP\/1\.1 200 OK/)
  expect((await open(server.address, { ca, maxVersion: 'TLSv1.2' })).getProtocol()).toBe('TLSv1.2')
  const old = { ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const
  await expect(open(server.address, old)).rejects.toThrow(/protocol version|unsupported protocol/)
})

test('both addresses of localhost have the certificate', async () => {
  const { server } = await serveSecure(makeCertificate(testFolder(), 'both'), 'localhost')
  const { port } = new URL(server.address)
  expect(await nameAt(`https://127.0.0.1:${port}`)).toBe('both')
})

test('a client that speaks plain HTTP is told so', async () => {
  const { server, ca } = await serveSecure()
  const answer = await sendRaw(server.address, get('/v1/report'))
  expect([answer.status, JSON.parse(answer.body).detail]).toEqual([
    400,
    'this port speaks HTTPS, and the request is plain HTTP',
  ])
  for (const bytes of ['SSH-2.0-x\r\n', '\u0016\u0003\u0001', '\0'.repeat(5_000)]) {
    const socket = plain(server.address)
    socket.end(bytes)
    await once(socket, 'close')
  }
  expect(await ask(await open(server.address, { ca }), '/healthz')).toMatch(/^HTTP\/1\.1 200 OK/)
})

test('a new pair that the kubelet swaps in is used for new connections; a broken one is not, and is said once', async () => {
  const made = testFolder()
  const [second, third] = [makeCertificate(made, 'second'), makeCertificate(made, 'third')]
  const { files, swapIn } = mountSecret(makeCertificate(made, 'first'))
  const { server, logged, ca } = await serveSecure(files)
  const old = await open(server.address, { ca })
  swapIn(second)
  await expect.poll(() => nameAt(server.address)).toBe('second')
  expect(await ask(old, '/healthz')).toMatch(/^HTTP\/1\.1 200 OK/)
  swapIn({ cert: third.cert, key: second.key })
  const isBroken = ({ msg }: { msg: string }) => msg.startsWith('the new certificate cannot be used')
  await expect.poll(() => logged.filter(isBroken)).toHaveLength(1)
  expect(logged.find(isBroken)?.why).toBe(`--tls-key ${files.key} is not the key of --tls-cert ${files.cert}`)
  expect(await nameAt(server.address)).toBe('second')
  swapIn(third)
  await expect.poll(() => nameAt(server.address)).toBe('third')
  expect(logged.filter(isBroken)).toHaveLength(1)
  expect(JSON.stringify(logged)).not.toContain('PRIVATE')
})

test('the limits of plain connections hold', async () => {
  const { server, ca } = await serveSecure()
  const socket = await open(server.address, { ca })
  socket.write(get('/ready/open-iscsi?wait=10m') + get('/healthz'))
  expect(await text(socket)).toBe('')
  const large = await open(server.address, { ca })
  large.write(`GET / HTTP/1.1\r\nHost: localhost\r\nx: ${'x'.repeat(5_000)}\r\n\r\n`)
  expect(await text(large)).toMatch(/^HTTP\/1\.1 431 /)
})

test('with too many connections the oldest is closed, also while none says a word', async () => {
  const { server, ca } = await serveSecure()
  const silent: Socket[] = []
  for (let count = 0; count < 200; count++) {
    const socket = plain(server.address)
    await once(socket, 'connect')
    silent.push(socket)
  }
  const last = await open(server.address, { ca })
  expect(await ask(last, '/healthz')).toMatch(/^HTTP\/1\.1 200 OK/)
  await expect.poll(() => silent.filter((socket) => socket.readableEnded).length).toBe(9)
})

test('a client that does not read its answer is cut off', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const { server, source, ca } = await serveSecure()
  source.put(makeReport({ gpu: { why: 'x'.repeat(30_000_000) } }))
  const slow = await open(server.address, { ca })
  slow.pause().write(get('/v1/report'))
  const isOver = once(slow, 'close').then(() => true)
  // The server has filled what the kernel takes of it.
  await expect.poll(() => slow.readableLength).toBeGreaterThan(0)
  await vi.advanceTimersByTimeAsync(60_000)
  slow.resume()
  expect(await isOver).toBe(true)
  expect(slow.bytesRead).toBeLessThan(30_000_000)
})

test('it stops while handshakes are under way', async () => {
  const { server } = await serveSecure()
  const socket = plain(server.address)
  await once(socket, 'connect')
  // The server has it by then.
  await sendRaw(server.address, get('/'))
  const other = await serveSecure()
  const tooLate = plain(other.server.address)
  const first = await Promise.race([
    server.close().then(() => 'the server is closed'),
    once(tooLate, 'close').then(() => 'a handshake took too long'),
  ])
  expect(first).toBe('the server is closed')
})

function plain(address: string): Socket {
  const { hostname, port } = new URL(address)
  const socket = connectPlain(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  return socket.on('error', () => {}).resume()
}
