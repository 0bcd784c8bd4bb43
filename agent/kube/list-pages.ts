import type { ApiAnswer } from '#agent/node/node-api.ts'
import { noAnswer } from './answer.ts'
import type { Query, Requests } from './requests.ts'

/** Objects per answer; a Node or a Pod has about 10 KB. */
const page = 500
/** How often a list begins anew because it took longer than the API server keeps its pages (minutes). */
const mostTries = 3
const gone = 410

export interface ListQuery<Raw, T> {
  /** "/api/v1/nodes" */
  readonly path: string
  readonly query?: Query
  readonly viewOf: (object: Raw) => T
}

export interface Listed<T> {
  readonly items: readonly T[]
  /** Where a watch goes on. */
  readonly resourceVersion: string
}

interface Page<Raw> {
  readonly items?: readonly Raw[] | null
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string }
}

const noList = noAnswer('the answer is not a list of Kubernetes objects')

/** The whole list, a page after the other; only the views are kept. */
export async function listPages<Raw, T>(
  requests: Requests,
  { path, query = {}, viewOf }: ListQuery<Raw, T>,
): Promise<ApiAnswer<Listed<T>>> {
  let items: T[] = []
  let next = ''
  for (let tries = 1; ;) {
    const answer = await requests.readJson<Page<Raw> | null>(path, { ...query, limit: page, continue: next })
    if (answer.ok) {
      const { items: raws, metadata } = answer.value ?? {}
      if (raws === undefined) return noList
      for (const raw of raws ?? []) items.push(viewOf(raw))
      const { continue: more = '', resourceVersion = '' } = metadata ?? {}
      if (more === '') return { ok: true, value: { items, resourceVersion } }
      next = more
    } else {
      if (answer.status !== gone || next === '' || ++tries > mostTries) return answer
      ;[items, next] = [[], '']
    }
  }
}
