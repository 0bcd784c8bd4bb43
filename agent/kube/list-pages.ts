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

/** The whole list, a page after the other; only the views are kept. */
export async function listPages<Raw, T>(
  requests: Requests,
  { path, query = {}, viewOf }: ListQuery<Raw, T>,
): Promise<ApiAnswer<Listed<T>>> {
  const add = (items: T[], raw: Raw) => void items.push(viewOf(raw))
  const answer = await foldPages(requests, { path, query, start: (): T[] => [], add })
  if (!answer.ok) return answer
  const { sum: items, resourceVersion } = answer.value
  return { ok: true, value: { items, resourceVersion } }
}

export interface FoldQuery<Raw, S> extends Omit<ListQuery<Raw, never>, 'viewOf'> {
  /** Called again when the list begins anew. */
  readonly start: () => S
  readonly add: (sum: S, object: Raw) => void
}

export interface Folded<S> {
  readonly sum: S
  readonly resourceVersion: string
}

interface Page<Raw> {
  readonly items?: readonly Raw[] | null
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string }
}

const noList = noAnswer('the answer is not a list of Kubernetes objects')

/** What a view makes of an object; who answers may be no API server, and the object anything. */
export function viewed<Raw, T>(raw: Raw, viewOf: (raw: Raw) => T): ApiAnswer<T> {
  try {
    return { ok: true, value: viewOf(raw) }
  } catch (error) {
    return noAnswer(`the answer holds an object that is none of Kubernetes: ${String(error)}`)
  }
}

/** What all objects of a list come to, a page after the other; no object is kept. */
export async function foldPages<Raw, S>(
  requests: Requests,
  { path, query = {}, start, add }: FoldQuery<Raw, S>,
): Promise<ApiAnswer<Folded<S>>> {
  let sum = start()
  let next = ''
  for (let tries = 1; ;) {
    const answer = await requests.readJson<Page<Raw> | null>(path, { ...query, limit: page, continue: next })
    if (answer.ok) {
      const { items: raws, metadata } = answer.value ?? {}
      if (raws === undefined) return noList
      const added = viewed(null, () => {
        for (const raw of raws ?? []) add(sum, raw)
      })
      if (!added.ok) return added
      const { continue: more = '', resourceVersion = '' } = metadata ?? {}
      if (more === '') return { ok: true, value: { sum, resourceVersion } }
      next = more
    } else {
      if (answer.status !== gone || next === '' || ++tries > mostTries) return answer
      ;[sum, next] = [start(), '']
    }
  }
}
