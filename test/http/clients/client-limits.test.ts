import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { fakeSource, makeReport } from '../report-fixture.ts'
import { serve } from '../serve.ts'

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`

test('a connection has one request at a time, and is closed if the next one comes early', async () => {
  const { server } = await serve()
  const socket = await open(server.address)
  for (let turn = 0; turn < 3; turn++) {
    socket.write(get('/healthz'))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK/)
  }
  socket.write(get('/ready/open-iscsi?wait=10m') + get('/healthz'))
  expect(await text(socket)).toBe('')
})

test('with too many connections the oldest is closed: a new one is always answered', async () => {
  const { server } = await serve()
  const sockets: Socket[] = []
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  for (let count = 0; count < 1_100; count++) sockets.push(await open(server.address))
  const last = await open(server.address)
  last.write(get('/healthz').replace('Host', 'Connection: close\r\nHost'))
  expect(await text(last)).toMatch(/^HTTP\/1\.1 200 OK/)
  await expect.poll(() => sockets.filter((socket) => socket.readableEnded).length).toBe(77)
  expect(sockets.slice(0, 77).every((socket) => socket.readableEnded)).toBe(true)
})

test('one address with too many connections closes its own, and none of another address', async () => {
  const { server } = await serve()
  const other = await open(server.address, '127.0.0.9')
  const sockets: Socket[] = []
  onTestFinished(() => {
    for (const socket of [other, ...sockets]) socket.destroy()
  })
  for (let count = 0; count < 1_030; count++) sockets.push(await open(server.address))
  await expect.poll(() => sockets.filter((socket) => socket.readableEnded).length).toBe(6)
  other.write(get('/healthz'))
  const [answer] = (await once(other, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK/)
})

test('a client that does not read its answer is cut off', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const { server } = await serve(fakeSource(makeReport({ gpu: { why: 'x'.repeat(30_000_000) } })))
  const [slow, idle] = [await open(server.address), await open(server.address)]
  slow.pause().write(get('/v1/report'))
  const isOver = once(slow, 'close').then(() => true)
  // The server has filled what the kernel takes of it.
  await expect.poll(() => slow.readableLength).toBeGreaterThan(0)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(slow.readableEnded).toBe(false)
  await vi.advanceTimersByTimeAsync(30_000)
  slow.resume()
  expect(await isOver).toBe(true)
  expect(slow.bytesRead).toBeLessThan(30_000_000)
  expect(idle.destroyed).toBe(false)
  idle.destroy()
})

async function open(address: string, localAddress?: string): Promise<Socket> {
  const { hostname, port } = new URL(address)
  const socket = connect({ port: Number(port), host: hostname, ...(localAddress && { localAddress }) })
  socket.on('error', () => {}).resume()
  await once(socket, 'connect')
  return socket
}
