import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { patience } from '../../patience.ts'

/** Who calls: where the API server is, whom it trusts and by which token. */
export interface ApiAccess {
  readonly host: string
  readonly port: number
  readonly caFile: string
  readonly token: string
}

/** What an API server answered; the body is JSON, or text where it is none. */
export interface ApiReply<T> {
  readonly status: number
  readonly body: T
  /** What it says beside the answer, as kubectl prints it. */
  readonly warnings: string
}

export interface ApiCall {
  readonly method?: string
  readonly path: string
  readonly body?: unknown
  /** Of the body: application/json, or one of the kinds of patch. */
  readonly type?: string
}

export const mergePatch = 'application/merge-patch+json'
export const strategicPatch = 'application/strategic-merge-patch+json'
export const applyPatch = 'application/apply-patch+yaml'

/** One call of the API; rejects only when no answer came. */
export function callApi<T>(
  access: ApiAccess,
  { method = 'GET', path, body, type }: ApiCall,
): Promise<ApiReply<T>> {
  const { promise, resolve, reject } = Promise.withResolvers<ApiReply<T>>()
  const headers = { authorization: `Bearer ${access.token}`, 'content-type': type ?? 'application/json' }
  const ca = readFileSync(access.caFile)
  const call = request({ host: access.host, port: access.port, ca, method, path, headers, timeout: patience })
  call.on('response', (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('error', reject)
    response.on('end', () => {
      const body = parse(Buffer.concat(chunks).toString()) as T
      const { warning = '' } = response.headers
      resolve({ status: response.statusCode ?? 0, body, warnings: warning })
    })
  })
  call.on('timeout', () => call.destroy(new Error(`${method} ${path} took longer than ${patience} ms`)))
  call.on('error', reject)
  call.end(body === undefined ? undefined : JSON.stringify(body))
  return promise
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
