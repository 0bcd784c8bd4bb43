import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { watchEvents } from '#agent/http/contract/watch-events.ts'
import { streamBounds } from '#agent/http/watch/streams.ts'
import { fakeSource, makeReport, readyIscsi } from '../report-fixture.ts'
import { serve } from '../serve.ts'

interface Event {
  readonly id: string
  readonly type: keyof typeof watchEvents
  readonly data: Readonly<Record<string, unknown>>
}

interface Watching {
  readonly events: Event[]
  readonly socket: Socket
  /** Everything that came, as it came. */
  text(): string
}

interface WatchOptions {
  readonly path?: string
  readonly last?: string
  readonly from?: string
}

/** By a bare socket, so that each byte is seen. */
async function watch(
  address: string,
  { path = '/v1/watch', last, from }: WatchOptions = {},
): Promise<Watching> {
  const { hostname, port } = new URL(address)
  const socket = connect({ host: hostname, port: Number(port), ...(from && { localAddress: from }) })
  onTestFinished(() => void socket.destroy())
  let text = ''
  const events: Event[] = []
  let seen = 0
  socket.on('error', () => {}).setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    text += chunk
    const blocks = text.split('\n\n')
    for (const block of blocks.slice(seen, -1)) {
      const [, id, type, data] = /id: (\S+)\nevent: (\w+)\ndata: (.*)/.exec(block) ?? []
      if (id !== undefined && type !== undefined && data !== undefined)
        events.push({ id, type: type as Event['type'], data: JSON.parse(data) })
    }
    seen = blocks.length - 1
  })
  await once(socket, 'connect')
  const header = last === undefined ? '' : `Last-Event-ID: ${last}\r\n`
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${header}\r\n`)
  await expect.poll(() => text).toContain('retry: ')
  return { events, socket, text: () => text }
}

const later = (changes: Parameters<typeof makeReport>[0], second = 1) => ({
  ...makeReport(changes),
  at: `2026-11-24T08:00:0${second}.000Z`,
})
const typesOf = (events: readonly Event[]) => events.map(({ type }) => type)

test('a stream begins with where everything stands, and goes on with each change and each round', async () => {
  const { server, source } = await serve()
  const { events, text } = await watch(server.address)
  await expect.poll(() => events.length).toBe(1)
  expect(text()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(text()).toContain('content-type: text/event-stream\r\n')
  expect(text()).toContain('cache-control: no-store\r\n')
  expect(events[0]).toMatchObject({
    type: 'snapshot',
    data: { node: 'worker-1', stale: null, checks: { 'open-iscsi': 'missing', gpu: 'not-applicable' } },
  })
  source.put(later({ 'open-iscsi': readyIscsi }))
  await expect.poll(() => typesOf(events)).toEqual(['snapshot', 'check', 'round'])
  expect(events[1]?.data).toMatchObject({ name: 'open-iscsi', state: 'ready', was: 'missing', pending: null })
  source.put(later({ 'open-iscsi': readyIscsi }, 2))
  await expect.poll(() => typesOf(events).slice(3)).toEqual(['round'])
  for (const { type, data } of events) expect(watchEvents[type].parse(data)).toEqual(data)
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
})

test('no round for too long is an event, and so is its end', async () => {
  const { server, source } = await serve()
  const { events } = await watch(server.address)
  source.stalled = 'no round has finished for 200 s'
  await expect
    .poll(() => events.at(-1), { timeout: 20_000 })
    .toMatchObject({
      type: 'stale',
      data: { stale: 'no round has finished for 200 s' },
    })
  source.stalled = null
  await expect.poll(() => events.at(-1)?.data, { timeout: 20_000 }).toEqual({ stale: null })
})

test('who comes back gets what it missed, and who was away for too long where everything stands', async () => {
  const { server, source } = await serve()
  const first = await watch(server.address)
  source.put(later({ gpu: { message: 'one' } }, 1))
  await expect.poll(() => first.events.length).toBe(3)
  first.socket.destroy()
  source.put(later({ gpu: { message: 'two' } }, 2))
  const last = first.events.at(-1)?.id ?? ''
  const again = await watch(server.address, { last })
  await expect.poll(() => typesOf(again.events)).toEqual(['check', 'round'])
  expect(again.events[0]?.data['message']).toBe('two')
  const none = await watch(server.address, { last: again.events.at(-1)?.id ?? '' })
  for (const strange of ['nonsense', '00000000-1', '-1', ''])
    expect(typesOf((await watch(server.address, { last: strange })).events)).toEqual(['snapshot'])
  expect(none.events).toEqual([])
  for (let count = 0; count < 300; count++) source.put(later({ gpu: { message: `message ${count}` } }, 3))
  const late = await watch(server.address, { last })
  await expect.poll(() => typesOf(late.events)).toEqual(['snapshot'])
})

test('a stream of one check has the changes of no other', async () => {
  const { server, source } = await serve()
  const { events } = await watch(server.address, { path: '/v1/watch?check=gpu&check=nfs-client' })
  expect(events[0]?.data['checks']).toEqual({ gpu: 'not-applicable', 'nfs-client': 'unknown' })
  source.put(later({ 'open-iscsi': readyIscsi, gpu: { message: 'new' } }))
  await expect.poll(() => typesOf(events)).toEqual(['snapshot', 'check', 'round'])
  expect(events[1]?.data['name']).toBe('gpu')
})

test('a check that does not exist is a 404 with near names; before the first round it may come', async () => {
  const { get, source, server } = await serve()
  expect(JSON.parse((await get('/v1/watch?check=iscsi')).body)).toMatchObject({
    status: 404,
    near: ['open-iscsi'],
  })
  source.put(null)
  const { events } = await watch(server.address, { path: '/v1/watch?check=iscsi' })
  expect(events[0]).toMatchObject({ type: 'snapshot', data: { node: null, checks: {} } })
})

test('other checks are a new snapshot, for each of the checks that it watches', async () => {
  const { server, source } = await serve()
  const { events } = await watch(server.address)
  const one = await watch(server.address, { path: '/v1/watch?check=gpu' })
  const fewer = later({})
  source.put({ ...fewer, checks: fewer.checks.slice(1) })
  await expect.poll(() => typesOf(events)).toEqual(['snapshot', 'snapshot', 'round'])
  expect(Object.keys(events[1]?.data['checks'] ?? {})).toHaveLength(4)
  await expect.poll(() => one.events[1]?.data['checks']).toEqual({ gpu: 'not-applicable' })
})

test('a silent stream has signs of life, and ends after half an hour', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { server } = await serve()
  const { text } = await watchNow(server.address)
  await vi.advanceTimersByTimeAsync(15_000)
  await vi.waitUntil(() => text().includes('\n: \n\n'))
  vi.advanceTimersByTime(1_800_000)
  // What comes after its end is not written.
  vi.advanceTimersByTime(15_000)
  await vi.waitUntil(() => text().endsWith('\r\n0\r\n\r\n'))
  vi.useRealTimers()
})

/** Without a clock. */
async function watchNow(address: string): Promise<{ text: () => string }> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
  socket.write('GET /v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n')
  while (!text.includes('snapshot')) await once(socket, 'data')
  return { text: () => text }
}

test('a reader that does not read is cut off, and the others are not', async () => {
  const { server, source } = await serve()
  const [slow, quick] = [await watch(server.address), await watch(server.address)]
  slow.socket.pause()
  const isCut = once(slow.socket, 'close')
  const long = 'x'.repeat(100_000)
  // Until it is more than the kernel takes of it.
  for (let count = 1; count <= 100; count++) {
    source.put(later({ gpu: { message: `${count}${long}` } }))
    await expect.poll(() => quick.events.length, { interval: 1, timeout: 20_000 }).toBe(1 + 2 * count)
  }
  slow.socket.resume()
  await isCut
  expect(slow.events.length).toBeLessThan(201)
})

test('one address has a bounded number of streams; one more is refused, and another address is not', async () => {
  const { server, get } = await serve()
  const { mostOfOneAddress } = streamBounds
  const mine = await Promise.all(Array.from({ length: mostOfOneAddress }, () => watch(server.address)))
  const refused = await get('/v1/watch')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  await watch(server.address, { from: '127.0.0.7' })
  expect(mine.every(({ socket }) => !socket.destroyed)).toBe(true)
  mine[0]?.socket.destroy()
  await expect.poll(async () => (await get('/v1/watch', { method: 'HEAD' })).status).toBe(200)
})

test('closing the server ends the streams', async () => {
  const { server } = await serve(fakeSource())
  const { socket } = await watch(server.address)
  const isOver = once(socket, 'end')
  await server.close()
  await isOver
})

test('HEAD has the headers and no stream', async () => {
  const { get } = await serve()
  const head = await get('/v1/watch', { method: 'HEAD' })
  expect([head.status, head.type, head.body]).toEqual([200, 'text/event-stream', ''])
})
