/** Numbers by chance that a seed gives again. */
export interface Chance {
  /** From 0, below 1. */
  (): number
  /** A whole number from 0, below this. */
  below(most: number): number
  pick<T>(items: readonly T[]): T
  is(likelihood: number): boolean
}

/** mulberry32. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (most: number) => Math.floor(next() * most)
  return Object.assign(next, {
    below,
    pick: <T>(items: readonly T[]) => items[below(items.length)] as T,
    is: (likelihood: number) => next() < likelihood,
  })
}

/** SEED of the environment, or another one each time. */
export function anySeed(): number {
  return Number(process.env.SEED ?? Date.now() % 1_000_000_000)
}
