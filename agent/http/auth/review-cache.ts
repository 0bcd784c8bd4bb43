import type { ApiAnswer } from '#agent/node/node-api.ts'

export interface CacheOptions<T> {
  /** How many are kept of each kind; beyond, what was used longest ago goes. */
  readonly most: number
  readonly isYes: (value: T) => boolean
  /** Milliseconds that a no is kept. */
  readonly noFor: number
}

export interface ReviewCache<T> {
  /** What was reviewed not too long ago; undefined when nothing was. */
  fresh(key: string): T | undefined
  /** Whether the last review of it said yes, however long ago. */
  wasYes(key: string): boolean
  /**
   * Asks, and keeps what is answered: a yes for `yesFor` milliseconds. Whoever asks for the same key meanwhile gets the same
   * answer. A refusal is not kept.
   */
  review(
    key: string,
    { ask, yesFor }: { ask: () => Promise<ApiAnswer<T>>; yesFor: number },
  ): Promise<ApiAnswer<T>>
}

interface Entry<T> {
  readonly value: T
  readonly until: number
}

/** Each no is kept apart, so that no flood of wrong tokens drives out the right ones. */
export function createReviewCache<T>({ most, isYes, noFor }: CacheOptions<T>): ReviewCache<T> {
  const [yes, no] = [new Map<string, Entry<T>>(), new Map<string, Entry<T>>()]
  const asked = new Map<string, Promise<ApiAnswer<T>>>()
  const keep = (key: string, value: T, yesFor: number) => {
    const [here, there, time] = isYes(value) ? [yes, no, yesFor] : [no, yes, noFor]
    there.delete(key)
    here.delete(key)
    here.set(key, { value, until: performance.now() + time })
    const [oldest] = here.keys()
    if (here.size > most && oldest !== undefined) here.delete(oldest)
  }
  return {
    fresh(key) {
      const entry = yes.get(key) ?? no.get(key)
      if (entry === undefined || performance.now() >= entry.until) return undefined
      touch(yes, key)
      return entry.value
    },
    wasYes: (key) => yes.has(key),
    review(key, { ask, yesFor }) {
      const underWay = asked.get(key)
      if (underWay !== undefined) return underWay
      const answer = ask()
        .then((said) => {
          if (said.ok) keep(key, said.value, yesFor)
          return said
        })
        .finally(() => asked.delete(key))
      asked.set(key, answer)
      return answer
    },
  }
}

/** A Map keeps the order in which keys were set. */
function touch<T>(entries: Map<string, T>, key: string): void {
  const entry = entries.get(key)
  if (entry === undefined) return
  entries.delete(key)
  entries.set(key, entry)
}
