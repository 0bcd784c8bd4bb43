import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiAnswer, ApiRefusal } from '#agent/node/node-api.ts'
import { listPages } from './list-pages.ts'
import type { ListQuery } from './list-pages.ts'
import type { Requests } from './requests.ts'

export interface Following<T> {
  /** Called with everything after the first list, and after each change. */
  readonly changed: (all: readonly T[]) => void
  /** The API server could not be asked for a while; it will be asked again. */
  readonly troubled: (refusal: ApiRefusal) => void
  /** Ends it. */
  readonly signal: AbortSignal
  /** Milliseconds between lists where watching is refused, and before the next try after a failure. */
  readonly pollEach?: number
}
/** Seconds after which the API server ends a watch; a little later it counts as dead. */
const watchFor = 240
const watchGrace = 30_000

interface Event<Raw> {
  readonly type?: string
  readonly object?: Raw & Meta
}

interface Meta {
  readonly metadata?: {
    readonly name?: string
    readonly namespace?: string
    readonly resourceVersion?: string
  }
}

/**
 * Lists, then watches, until `signal` ends it. Where the right to watch is missing, it lists again and again. Resolves at once with
 * the API server's refusal when the first list fails; later failures may pass.
 */
export async function followList<Raw extends Meta, T>(
  requests: Requests,
  list: ListQuery<Raw, T>,
  { changed, troubled, signal, pollEach = 5_000 }: Following<T>,
): Promise<ApiAnswer<null>> {
  const keyed = { ...list, viewOf: (raw: Raw) => [keyOf(raw), list.viewOf(raw)] as const }
  let mayWatch = true
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const listed = await listPages(requests, keyed)
    if (!listed.ok && isFirst) return listed
    if (!listed.ok) troubled(listed)
    if (listed.ok) {
      const all = new Map(listed.value.items)
      changed([...all.values()])
      const { resourceVersion } = listed.value
      const refusal: ApiRefusal | null = mayWatch
        ? await watch(requests, list, { all, resourceVersion, changed, signal, pollEach })
        : null
      mayWatch &&= !isLasting(refusal)
      // What has expired or was cut is listed anew at once.
      if (mayWatch && refusal?.status === undefined) continue
    }
    await sleep(pollEach, undefined, { signal }).catch(() => undefined)
  }
  return { ok: true, value: null }
}

/** The right is missing, or something between us and the API server cannot watch. */
function isLasting(refusal: ApiRefusal | null): boolean {
  return refusal?.status === 403 || refusal?.status === 405
}

interface Watching<T> extends Pick<Following<T>, 'changed' | 'signal'> {
  readonly pollEach: number
  readonly all: Map<string, T>
  readonly resourceVersion: string
}

/** Watches on and on; null when the list has to be made anew. */
async function watch<Raw extends Meta, T>(
  requests: Requests,
  { path, query, viewOf }: ListQuery<Raw, T>,
  { all, resourceVersion, changed, signal, pollEach }: Watching<T>,
): Promise<ApiRefusal | null> {
  const at = { version: resourceVersion, isStale: false }
  const take = (line: string): boolean => {
    const { type, object } = parse<Raw>(line)
    at.isStale ||= object === undefined || type === undefined || type === 'ERROR'
    if (object === undefined || at.isStale) return false
    at.version = object.metadata?.resourceVersion ?? at.version
    if (type === 'DELETED') return all.delete(keyOf(object))
    if (type === 'ADDED' || type === 'MODIFIED') all.set(keyOf(object), viewOf(object))
    return type !== 'BOOKMARK'
  }
  while (!signal.aborted && !at.isStale) {
    const start = performance.now()
    const asked = { ...query, ...watchQuery, resourceVersion: at.version }
    const answer = await requests.readLines(path, asked, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(watchFor * 1_000 + watchGrace)]),
      lines: (lines) => {
        if (lines.map(take).includes(true)) changed([...all.values()])
      },
    })
    if (!answer.ok && !signal.aborted) return answer
    // Something between us and the API server may end every watch at once.
    const rest = pollEach - (performance.now() - start)
    if (rest > 0 && !at.isStale) await sleep(rest, undefined, { signal }).catch(() => undefined)
  }
  return null
}

const watchQuery = { watch: 1, allowWatchBookmarks: 'true', timeoutSeconds: watchFor }

function keyOf({ metadata }: Meta): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`
}

function parse<Raw>(line: string): Event<Raw> {
  try {
    return JSON.parse(line) as Event<Raw>
  } catch {
    return {}
  }
}
