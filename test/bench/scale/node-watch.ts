import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { V1Node, V1NodeList } from '@kubernetes/client-node'
import type { ApiAccess } from '../../cluster/plane/api-client.ts'
import { callApi } from '../../cluster/plane/api-client.ts'

/** One watcher of all Nodes, as the scheduler and many others are: plain JSON, on a connection of its own. */
export interface NodeWatch {
  /** What came since the last call. */
  take(): { readonly bytes: number; readonly events: number }
  /** The names of the Nodes of which this is not so. */
  lacking(isRight: (node: V1Node) => boolean): string[]
  stop(): void
}

export async function watchNodes(access: ApiAccess): Promise<NodeWatch> {
  const nodes = new Map<string, V1Node>()
  let [bytes, events] = [0, 0]
  let current: IncomingMessage | null = null
  const stopping = new AbortController()
  const keep = (node: V1Node) => nodes.set(node.metadata?.name ?? '', node)
  const list = async () => {
    const { body } = await callApi<V1NodeList>(access, { path: '/api/v1/nodes?resourceVersion=0' })
    body.items.forEach(keep)
    return body.metadata?.resourceVersion ?? '0'
  }
  const follow = async () => {
    const version = await list()
    current = await open(access, version)
    let rest = ''
    for await (const chunk of current) {
      bytes += chunk.length
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        events++
        keep(JSON.parse(line).object)
      }
    }
  }
  const followAll = async () => {
    while (!stopping.signal.aborted) {
      await follow().catch(() => undefined)
      await sleep(200)
    }
  }
  await list()
  void followAll()
  return {
    take() {
      const taken = { bytes, events }
      ;[bytes, events] = [0, 0]
      return taken
    },
    lacking: (isRight) => [...nodes].flatMap(([name, node]) => (isRight(node) ? [] : [name])),
    stop() {
      stopping.abort()
      current?.destroy()
    },
  }
}

function open({ host, port, caFile, token }: ApiAccess, version: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const path = `/api/v1/nodes?watch=true&resourceVersion=${version}`
  const headers = { authorization: `Bearer ${token}` }
  const call = request({ host, port, ca: readFileSync(caFile), path, headers, agent: false })
  call.on('response', (response) => resolve(response.setEncoding('utf8')))
  call.on('error', reject)
  call.end()
  return promise
}
