import { onTestFinished } from 'vitest'
import { startHttp } from '#agent/http/start-http.ts'
import type { HttpOptions, HttpServer } from '#agent/http/start-http.ts'
import { fakeSource } from './report-fixture.ts'
import type { FakeSource } from './report-fixture.ts'
import { publishStatus } from '../model/settings.ts'

export interface Served {
  readonly source: FakeSource
  readonly server: HttpServer
  readonly get: (path: string, init?: RequestInit) => Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly type: string | null
  readonly body: string
}

/** A real server on a free port of loopback, or of another address, gone when the test is over. */
export async function serve(
  source: FakeSource = fakeSource(),
  host = '127.0.0.1',
  more: Pick<HttpOptions, 'auth' | 'tls' | 'log' | 'explain'> = {},
): Promise<Served> {
  const server = await startHttp({
    source,
    host,
    port: 0,
    publishing: () => publishStatus(source.unpublished),
    ...more,
  })
  onTestFinished(() => server.close())
  return {
    source,
    server,
    get: (path, init) => ask(server.address.replace('//0.0.0.0', '//127.0.0.1') + path, init),
  }
}

export async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  const { status, headers } = response
  return { status, headers, type: headers.get('content-type'), body: await response.text() }
}
