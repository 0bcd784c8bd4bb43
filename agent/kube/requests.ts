import { HttpMethod, IsomorphicFetchHttpLibrary, RequestContext } from '@kubernetes/client-node'
import type { ResponseContext } from '@kubernetes/client-node'
import { fetchCause } from '#agent/model/fetch-cause.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { ApiAnswer, ApiRefusal } from '#agent/node/node-api.ts'
import { noAnswer, refusalFrom } from './answer.ts'
import { prepare } from '#agent/kube/access/connection.ts'
import type { Connection } from '#agent/kube/access/connection.ts'

export type Query = Readonly<Record<string, string | number | null>>

/** A body, as JSON; a patch says of which kind it is. */
export interface Write {
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  /** "application/json" unless told otherwise. */
  readonly contentType?: string
  readonly query?: Query
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply */
export const patchTypes = {
  apply: 'application/apply-patch+yaml',
  strategic: 'application/strategic-merge-patch+json',
} as const

/** Whether a write is only tried. */
export function dryRunQuery(isDry: boolean | undefined): Query {
  return isDry ? { dryRun: 'All' } : {}
}

/**
 * Requests to the API server, whose answers are plain text or JSON. The library's own calls make an object of classes of each answer,
 * which takes ten times as long for long lists, and their code took 12 MiB of each agent's memory. Nothing here throws.
 */
export interface Requests {
  readJson<T>(path: string, query?: Query): Promise<ApiAnswer<T>>
  readText(path: string, query?: Query): Promise<ApiAnswer<string>>
  /** The answer to it. */
  write<T>(path: string, write: Write): Promise<ApiAnswer<T>>
  /** Calls back with each line until the answer ends, which may be never: only `signal` limits it. */
  readLines(path: string, query: Query, options: LineOptions): Promise<ApiAnswer<null>>
}

export interface LineOptions {
  readonly signal: AbortSignal
  readonly lines: (lines: readonly string[]) => void
}

const http = new IsomorphicFetchHttpLibrary()

export function openRequests(connection: Connection): Requests {
  const server = connection.config.getCurrentCluster()?.server ?? ''
  const send = openSender(connection, server)
  const textOf = async (sent: ApiAnswer<ResponseContext>): Promise<ApiAnswer<string>> => {
    if (!sent.ok) return sent
    try {
      return { ok: true, value: await sent.value.body.text() }
    } catch (error) {
      return silenceOf(server, error)
    }
  }
  const jsonOf = async <T>(sent: ApiAnswer<ResponseContext>): Promise<ApiAnswer<T>> => {
    const text = await textOf(sent)
    return text.ok ? parse<T>(text.value, server) : text
  }
  return {
    readText: async (path, query = {}) => textOf(await send(urlOf(server, path, query))),
    readJson: async <T>(path: string, query: Query = {}) => jsonOf<T>(await send(urlOf(server, path, query))),
    write: async <T>(path: string, write: Write) =>
      jsonOf<T>(await send(urlOf(server, path, write.query ?? {}), { write })),
    async readLines(path, query, { signal, lines }) {
      const sent = await send(urlOf(server, path, query), { signal })
      if (!sent.ok) return sent
      try {
        await passLines(sent.value, lines)
        return { ok: true, value: null }
      } catch (error) {
        return silenceOf(server, error)
      }
    },
  }
}

function urlOf(server: string, path: string, query: Query): string {
  const url = new URL(`${server}${path}`)
  for (const [key, value] of Object.entries(query))
    if (value !== null && value !== '') url.searchParams.set(key, String(value))
  return url.href
}

interface Sending {
  /** It replaces the deadline. */
  readonly signal?: AbortSignal
  /** Without one it is a GET. */
  readonly write?: Write
}

type Send = (url: string, sending?: Sending) => Promise<ApiAnswer<ResponseContext>>

/** Milliseconds. */
const closeAfter = 1_000

function openSender(connection: Connection, server: string): Send {
  /** The library would open a connection for each request. */
  let shared: ReturnType<RequestContext['getDispatcher']>
  /**
   * What is under way on it goes on, and what is about to be sent is given the time. Left to the garbage collector it would keep its
   * certificates for long, which are not on the heap.
   */
  const retire = () => {
    const old = shared
    shared = undefined
    setTimeout(() => void old?.close().catch(() => {}), closeAfter).unref()
  }
  return async (url, { signal, write } = {}) => {
    const context = new RequestContext(url, write === undefined ? HttpMethod.GET : HttpMethod[write.method])
    context.setHeaderParam('Accept', 'application/json, */*')
    if (write?.body !== undefined) {
      context.setHeaderParam('Content-Type', write.contentType ?? 'application/json')
      context.setBody(JSON.stringify(write.body))
    }
    try {
      await connection.config.applySecurityAuthentication(context)
    } catch (error) {
      // What a credential plugin says on its stderr may have many lines, or none.
      return noAnswer(plainLine(`no credentials: ${fetchCause(error).trim() || 'the plugin failed'}`))
    }
    try {
      shared ??= context.getDispatcher()
      if (shared !== undefined) context.setDispatcher(shared)
      prepare(context, connection)
      if (signal !== undefined) context.setSignal(signal)
      const response = await http.send(context).toPromise()
      if (response.httpStatusCode < 300) return { ok: true, value: response }
      // The client may need another certificate by now.
      if (response.httpStatusCode === 401) retire()
      const { httpStatusCode: status, headers } = response
      const message = `HTTP status ${status}`
      return refusalFrom({ status, headers, body: await response.body.text(), message })
    } catch (error) {
      // The API server may have another certificate by now, and the files another authority.
      retire()
      return silenceOf(server, error)
    }
  }
}

function silenceOf(server: string, error: unknown): ApiRefusal {
  return noAnswer(`${server} does not answer: ${fetchCause(error)}`)
}

function parse<T>(text: string, server: string): ApiAnswer<T> {
  try {
    return { ok: true, value: JSON.parse(text) as T }
  } catch {
    return noAnswer(`${server} is no Kubernetes API server: its answer is not JSON`)
  }
}

/** What came after the last line break is not passed on: it is cut. */
async function passLines({ body }: ResponseContext, pass: LineOptions['lines']): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of (body.stream() ?? []) as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    const whole = lines.filter(Boolean)
    if (whole.length > 0) pass(whole)
  }
}
