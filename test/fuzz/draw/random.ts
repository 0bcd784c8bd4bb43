/** Chance that can be had again: the same seed gives the same choices, on any machine. */
export interface Random {
  /** A whole number from 0 up to, and without, `end`. */
  below(end: number): number
  /** Whether something happens that does with this likelihood, from 0 to 1. */
  chance(likelihood: number): boolean
  pick<T>(list: readonly [T, ...T[]]): T
  /** undefined only of an empty list. */
  some<T>(list: readonly T[]): T | undefined
  /** Mostly a few, rarely up to `most`. */
  few(most: number): number
}

/** mulberry32 of Tommy Ettinger, which is in the public domain: 32 bits of state are enough for what a case chooses. */
export function randomOf(seed: number): Random {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (end: number) => Math.floor(next() * end)
  return {
    below,
    chance: (likelihood) => next() < likelihood,
    pick: (list) => list[below(list.length)] ?? list[0],
    some: (list) => list[below(list.length)],
    few: (most) => Math.floor(next() ** 3 * (most + 1)),
  }
}

/** Each case has chance of its own, so that it can be had again without those before it. */
export function randomOfCase(seed: number, target: string, number: number): Random {
  let mixed = seed ^ Math.imul(number + 1, 0x9e3779b1)
  for (const char of target) mixed = Math.imul(mixed ^ char.charCodeAt(0), 0x01000193)
  return randomOf(mixed ^ (mixed >>> 15))
}
