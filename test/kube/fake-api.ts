import { createServer } from 'node:http'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** What a test lets an API server answer to one request; undefined for a 404. */
export type Answer = (request: Asked, response: ServerResponse) => unknown

export interface Asked {
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  /** Each header with its value, in order, equal names apart. */
  readonly rawHeaders: readonly string[]
}

export interface FakeApi {
  readonly url: string
  /** A kubeconfig file for it. */
  readonly kubeConfig: string
  readonly asked: readonly Asked[]
}

/** An API server over plain HTTP, as `kubectl proxy` is one. An answer that is an object is sent as JSON. */
export async function fakeApi(answer: Answer): Promise<FakeApi> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const { headers, rawHeaders } = request
    const one = { url: new URL(request.url ?? '/', 'http://api'), headers, rawHeaders }
    asked.push(one)
    const value = answer(one, response)
    if (response.headersSent || value === null) return
    const body = value ?? status(404, 'not found')
    const code = isStatus(body) ? body.code : 200
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, kubeConfig: writeKubeConfig(kubeConfigFor(url)), asked }
}

/** As an API server refuses. */
export function status(code: number, message: string) {
  return { apiVersion: 'v1', kind: 'Status', status: 'Failure', message, code }
}

function isStatus(body: unknown): body is { code: number } {
  return typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status'
}

export function kubeConfigFor(server: string, name = 'test') {
  return {
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: { token: `token-of-${name}` } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  }
}

/** A file that is gone after the test. */
export function writeKubeConfig(content: unknown, name = 'config'): string {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-kubeconfig-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, name)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}
