export interface Bounds {
  /** At a time, of all addresses. */
  readonly most: number
  /** Of one address. With address translation all pods of a node share one, so it is a good part of all. */
  readonly mostOfOneAddress: number
}

/** Counts who is there; whoever comes when all places are taken is to be told so. */
export interface Places {
  has(address: string): boolean
  /** @returns a function that gives the place back; a second call of it does nothing. */
  take(address: string): () => void
  readonly taken: number
}

export function countPlaces({ most, mostOfOneAddress }: Bounds): Places {
  const byAddress = new Map<string, number>()
  let taken = 0
  const count = (address: string, change: 1 | -1) => {
    const now = (byAddress.get(address) ?? 0) + change
    taken += change
    if (now === 0) byAddress.delete(address)
    else byAddress.set(address, now)
  }
  return {
    has: (address) => taken < most && (byAddress.get(address) ?? 0) < mostOfOneAddress,
    take(address) {
      let isTaken = true
      count(address, 1)
      return () => {
        if (isTaken) count(address, -1)
        isTaken = false
      }
    },
    get taken() {
      return taken
    },
  }
}
