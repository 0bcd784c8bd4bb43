import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEnd } from '../../at-end.ts'

/** An API server to which every token is somebody's, who may read everything. @returns the kubeconfig for it */
export async function startReviewApi(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    const isToken = request.url?.endsWith('/tokenreviews') ?? false
    const user = { username: 'anna', uid: '1', groups: [], extra: {} }
    const status = isToken ? { authenticated: true, user, audiences: ['hostdeps.dev'] } : { allowed: true }
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ status }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-bench-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'kubeconfig')
  const name = 'bench'
  const content = {
    clusters: [{ name, cluster: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } }],
    users: [{ name, user: { token: 'of-the-agent' } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  }
  writeFileSync(file, JSON.stringify(content))
  return file
}
