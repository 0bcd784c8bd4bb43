import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { composedReport } from '../hosts/composed-report.ts'
import { fakeSource, makeReport } from './report-fixture.ts'
import { serve } from './serve.ts'

interface Bytes {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** As it comes, without a client that unpacks it. */
function bytesOf(url: string, headers: Readonly<Record<string, string>>): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      buffer(response).then((body) => resolve({ headers: response.headers, body }), reject)
    })
      .once('error', reject)
      .end()
  })
}

const gzip = { 'accept-encoding': 'gzip' }

test.each([
  ['/', 'text/html'],
  ['/', 'text/plain'],
  ['/?all', 'text/html'],
  ['/v1/report', 'application/json'],
  ['/v1/checks/longhorn', 'application/json'],
  ['/metrics', 'text/plain'],
])('%s as %s is compressed for who takes it, and is the same', async (path, accept) => {
  const { server } = await serve(fakeSource(await composedReport('k3s-on-debian')))
  const ask = (more: Readonly<Record<string, string>>) => bytesOf(server.address + path, { accept, ...more })
  const plain = await ask({})
  const answers = [await ask(gzip), await ask(gzip)]
  expect(plain.headers['content-encoding']).toBe(undefined)
  for (const { headers, body } of answers) {
    expect(headers['content-encoding']).toBe('gzip')
    expect(String(headers.vary).toLowerCase().split(/, */)).toContain('accept-encoding')
    expect(headers['content-type']).toBe(plain.headers['content-type'])
    expect(body.length).toBeLessThan(plain.body.length)
    if (path !== '/metrics') expect(gunzipSync(body).equals(plain.body)).toBe(true)
  }
})

test('what was compressed once is sent again until the report changes', async () => {
  const { server, source } = await serve(fakeSource(await composedReport('k3s-on-debian')))
  const url = `${server.address}/v1/report`
  const first = await bytesOf(url, gzip)
  expect(first.headers['content-length']).toBe(undefined)
  const second = await bytesOf(url, gzip)
  // A stream has no length, what is kept has one.
  expect(second.headers['content-length']).toBe(String(first.body.length))
  expect(second.headers.etag).toBe(first.headers.etag)
  source.put(makeReport())
  const changed = await bytesOf(url, gzip)
  expect(JSON.parse(gunzipSync(changed.body).toString()).checks).toHaveLength(5)
  expect(changed.headers.etag).not.toBe(first.headers.etag)
})

test('what is kept for one path, type or encoding is not sent for another', async () => {
  const { server } = await serve(fakeSource(await composedReport('k3s-on-debian')))
  const ask = (path: string, accept: string, encoding: string) =>
    bytesOf(server.address + path, { accept, 'accept-encoding': encoding })
  const seen = new Set<string>()
  for (const path of ['/', '/?all', '/v1/report'])
    for (const accept of ['text/html', 'text/plain', 'application/json'])
      for (const encoding of ['gzip', 'deflate', 'identity']) {
        const [one, other] = [await ask(path, accept, encoding), await ask(path, accept, encoding)]
        expect(other.body.equals(one.body)).toBe(true)
        seen.add(one.body.toString('base64'))
      }
  // JSON is the same at / and at /v1/report, whatever /v1/report is asked for.
  expect(seen.size).toBe((2 * 2 + 1) * 3)
})

test('a tag of what is compressed is weak, and is known again', async () => {
  const { server } = await serve()
  const { headers } = await bytesOf(`${server.address}/v1/report`, gzip)
  expect(headers.etag).toMatch(/^W\/"/)
  const again = await bytesOf(`${server.address}/v1/report`, { ...gzip, 'if-none-match': headers.etag ?? '' })
  expect(again.body.length).toBe(0)
})

test('what is short is not compressed, nor is what waits', async () => {
  const { server } = await serve()
  for (const path of ['/healthz', '/ready/gpu', '/v1/checks/nope'])
    expect((await bytesOf(server.address + path, gzip)).headers['content-encoding']).toBe(undefined)
})
