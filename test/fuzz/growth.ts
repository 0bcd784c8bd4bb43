import { randomOfCase } from './draw/random.ts'
import type { Opened } from './target.ts'

interface Grower {
  readonly name: string
  readonly grow: (bytes: number) => unknown
}

interface Chosen {
  readonly seed: number
  readonly target: string
  /** How many in all; the known shapes come first. */
  readonly to: number
}

export function growersOf({ growing }: Opened, { seed, target, to }: Chosen): readonly Grower[] {
  if (growing === undefined) return []
  const shapes = Object.entries(growing.shapes).map(([name, grow]) => ({ name, grow }))
  const drawn = Array.from({ length: Math.max(0, to - shapes.length) }, (_, index) => ({
    name: `by chance, ${shapes.length + index}`,
    grow: growing.draw(randomOfCase(seed, `${target} grows`, index)),
  }))
  return [...shapes, ...drawn].slice(0, to)
}

/** Bytes of the smallest input. */
const first = 1_024
/** Milliseconds of processor time: shorter times say nothing about growth. */
const floor = 20
/** Milliseconds of processor time, after which the input is not doubled again. */
const enough = 1_500

/**
 * How the time grows where that is worse than n log n, otherwise null.
 *
 * An input twice as large takes a little more than twice the time with n log n, and four times with n². Noise and the
 * compiler are in it too, so one doubling may take six times as long, and two together nine times (n²: sixteen).
 *
 * @param measure gives milliseconds of processor time for an input of so many bytes
 * @param most bytes of the largest input
 */
export async function growthOf(
  measure: (bytes: number) => Promise<number>,
  most: number,
): Promise<string | null> {
  const times: number[] = []
  const isSteep = (time: number) => exceeds(time, 6, times.at(-1)) || exceeds(time, 9, times.at(-2))
  for (let bytes = first; bytes <= most && (times.at(-1) ?? 0) < enough; bytes *= 2) {
    let time = await measure(bytes)
    // What is slow once was held up by something else.
    for (let tries = 0; tries < 2 && isSteep(time); tries++) time = Math.min(time, await measure(bytes))
    // A single step is no growth: a bound may end it.
    const goesOn = isSteep(time) && (await measure(bytes * 2)) > 2.8 * time
    times.push(time)
    if (goesOn) return `takes ${toldOf(times)} ms for inputs that double, up to ${bytes / 1024} KiB`
  }
  return null
}

function toldOf(times: readonly number[]): string {
  return times
    .slice(-5)
    .map((one) => Math.round(one))
    .join(', ')
}

function exceeds(time: number, factor: number, before: number | undefined): boolean {
  return before !== undefined && time > factor * Math.max(before, floor)
}
