import { expect, test } from 'vitest'
import { createServer } from '#agent/http/server.ts'
import { sendRaw } from '../raw.ts'
import { serve } from '../serve.ts'

const ours = [
  'localhost',
  'localhost.',
  'LOCALHOST',
  'localhost:80',
  'localhost:',
  '127.0.0.1',
  '127.0.0.1:9465',
  '127.1.2.3',
  '[::1]',
  '[::1]:9465',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
]

const foreign = [
  'evil.example',
  'evil.example:9465',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evil.localhost',
  'localhost..',
  'localhost@evil.example',
  'evil.example@localhost',
  'localhost/evil.example',
  'localhost, evil.example',
  'localhost:evil',
  '[::1',
  '[::1].evil.example',
  '[fe80::1]',
  '10.0.0.1',
  '0.0.0.0',
  '127.1',
  '2130706433',
  'hostdeps.hostdeps.svc',
  '',
]

test.each([...ours.map((host) => [host, 200] as const), ...foreign.map((host) => [host, 421] as const)])(
  'on a loopback address, Host "%s" is %i',
  async (host, status) => {
    const { server } = await serve()
    for (const path of ['/', '/v1/report']) {
      const request = `HEAD ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
      expect((await sendRaw(server.address, request)).status).toBe(status)
    }
  },
)

test.each([
  ['http://evil.example/v1/report', 'localhost', 421],
  ['http://localhost/v1/report', 'evil.example', 421],
  ['http://user@localhost/v1/report', 'localhost', 421],
  ['http://localhost:9465/v1/report', 'localhost', 200],
])('for %s with Host %s it is %i', async (target, host, status) => {
  const { server } = await serve()
  const request = `HEAD ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
  expect((await sendRaw(server.address, request)).status).toBe(status)
})

test('HTTP/1.0 may come without', async () => {
  const { server } = await serve()
  expect((await sendRaw(server.address, 'HEAD / HTTP/1.0\r\n\r\n')).status).toBe(200)
})

test('a refusal says why and reveals nothing of the report, also for unknown paths and methods', async () => {
  const { server } = await serve()
  for (const line of ['GET /v1/report', 'GET /nope', 'POST /v1/report', 'GET /healthz', 'GET /metrics']) {
    const answer = await sendRaw(server.address, `${line} HTTP/1.1\r\nHost: evil.example\r\n\r\n`)
    expect(answer.status).toBe(421)
    expect(JSON.parse(answer.body)).toEqual({
      type: 'about:blank',
      title: 'Misdirected Request',
      status: 421,
      detail: expect.stringContaining('answers only to localhost, 127.0.0.1 and [::1]'),
    })
  }
})

test.each(['0.0.0.0', '::'])('on %s people come by any name', async (host) => {
  const { app } = await createServer()
  app.get('/', (_request, reply) => void reply.send('yes'))
  const listening = await app.listen({ host, port: 0 }).catch(() => null)
  try {
    // A machine without IPv6 has no "::".
    if (listening === null) return expect(host).toBe('::')
    const address = `http://127.0.0.1:${new URL(listening).port}`
    expect((await sendRaw(address, 'GET / HTTP/1.1\r\nHost: hostdeps.hostdeps\r\n\r\n')).status).toBe(200)
  } finally {
    await app.close()
  }
})
