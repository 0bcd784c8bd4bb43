import type { ApiAnswer, NodeApi } from '#agent/node/node-api.ts'

/** What agents asked of the API server, as they sent it. */
export interface Counts {
  /** By second, of the wall clock. */
  readonly bySecond: Record<string, number>
  readonly byKind: Record<string, number>
  /** By status; 0 where no answer came. Those that were meant to be refused are not here. */
  readonly refused: Record<string, number>
}

export function noCounts(): Counts {
  return { bySecond: {}, byKind: {}, refused: {} }
}

export function addCounts(all: readonly Counts[]): Counts {
  const sum = noCounts()
  for (const counts of all)
    for (const key of ['bySecond', 'byKind', 'refused'] as const)
      for (const [name, count] of Object.entries(counts[key])) add(sum[key], name, count)
  return sum
}

/** The same API, which counts; `counts` says where, at each call. */
export function countedApi(api: NodeApi, counts: () => Counts): NodeApi {
  const counted = async <T>(kind: string, isTry: boolean, call: () => Promise<ApiAnswer<T>>) => {
    const { bySecond, byKind } = counts()
    add(bySecond, String(Math.floor(Date.now() / 1_000)), 1)
    add(byKind, kind, 1)
    const answer = await call()
    if (!answer.ok && !(isTry && answer.status !== null && answer.status !== 429))
      add(counts().refused, String(answer.status ?? 0), 1)
    return answer
  }
  return {
    read: (node) => counted('get', false, () => api.read(node)),
    apply: (patch, options) =>
      counted(options?.dryRun ? 'try' : 'apply', options?.dryRun ?? false, () => api.apply(patch, options)),
    takeOff: (node, types) => counted('take off', false, () => api.takeOff(node, types)),
    createEvent: (event, options) =>
      counted(options?.dryRun ? 'try' : 'event', options?.dryRun ?? false, () =>
        api.createEvent(event, options),
      ),
  }
}

function add(to: Record<string, number>, key: string, count: number): void {
  to[key] = (to[key] ?? 0) + count
}
