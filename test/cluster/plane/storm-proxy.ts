import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { ApiAccess } from './api-client.ts'

/** An answer instead of the API server's own. */
export interface Storm {
  readonly status: number
  readonly retryAfter?: number
}

/** Stands in front of an API server, and answers in its place while there is a storm. */
export interface StormProxy {
  readonly url: string
  storm: Storm | null
  /** When each request came that the storm answered, milliseconds; without dry runs, which have a rate of their own. */
  readonly hits: number[]
  stop(): Promise<void>
}

export async function startStormProxy(behind: ApiAccess): Promise<StormProxy> {
  const ca = readFileSync(behind.caFile)
  const proxy: { storm: Storm | null; hits: number[] } = { storm: null, hits: [] }
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method, url: path, headers } = incoming
    const place = { host: behind.host, port: behind.port, ca, method, path, headers }
    const call = request(place, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    call.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(call)
  }
  // With the API server's own certificate: who trusts that one trusts this one.
  const key = readFileSync(behind.caFile.replace(/crt$/, 'key'))
  const server = createServer({ cert: ca, key }, (incoming, outgoing) => {
    const { storm } = proxy
    if (storm === null) return pass(incoming, outgoing)
    if (!incoming.url?.includes('dryRun=')) proxy.hits.push(performance.now())
    const wait = storm.retryAfter === undefined ? {} : { 'retry-after': String(storm.retryAfter) }
    outgoing.writeHead(storm.status, { 'content-type': 'application/json', ...wait })
    outgoing.end(
      JSON.stringify({ kind: 'Status', status: 'Failure', message: 'a storm', code: storm.status }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(proxy, {
    url: `https://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
