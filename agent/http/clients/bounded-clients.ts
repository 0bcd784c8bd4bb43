import type { Bounds } from './places.ts'

export interface BoundedClients<T> extends Iterable<T> {
  /** Ends the oldest of that address, or else of all, when there are too many. @returns a function to call when it has gone by itself. */
  add(from: string, client: T): () => void
}

/** Ends the oldest where there are too many: refusing the newest would let one client lock out the others. */
export function boundClients<T>(
  { most, mostOfOneAddress }: Bounds,
  end: (client: T) => void,
): BoundedClients<T> {
  const all = new Map<T, string>()
  const byAddress = new Map<string, Set<T>>()
  const remove = (client: T) => {
    const from = all.get(client)
    if (from === undefined) return
    all.delete(client)
    const mates = byAddress.get(from)
    mates?.delete(client)
    if (mates?.size === 0) byAddress.delete(from)
  }
  const endOldest = ([oldest]: Iterable<T>) => {
    if (oldest === undefined) return
    remove(oldest)
    end(oldest)
  }
  return {
    add(from, client) {
      const mates = byAddress.get(from) ?? new Set()
      byAddress.set(from, mates.add(client))
      all.set(client, from)
      if (mates.size > mostOfOneAddress) endOldest(mates)
      if (all.size > most) endOldest(all.keys())
      return () => remove(client)
    },
    [Symbol.iterator]: () => all.keys(),
  }
}
