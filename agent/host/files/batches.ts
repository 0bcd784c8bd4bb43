/** Batches of questions, one program for each, so that its arguments stay within the kernel's limits. */
export interface Batches<T> {
  readonly batches: readonly (readonly T[])[]
  /** Items that do not fit into the last batch. */
  readonly leftOut: readonly T[]
}

/** Bytes of arguments; execve(2) refuses a single one of 128 KiB, and all together at a quarter of the stack limit. */
const mostBytes = 65_536

/** @param most batches; each is a process */
export function inBatches<T>(items: readonly T[], textOf: (item: T) => string, most: number): Batches<T> {
  const batches: T[][] = []
  let room = 0
  for (const [index, item] of items.entries()) {
    const size = Buffer.byteLength(textOf(item)) + 1
    if (size > room) {
      if (batches.length === most) return { batches, leftOut: items.slice(index) }
      batches.push([])
      room = mostBytes
    }
    batches.at(-1)?.push(item)
    room -= size
  }
  return { batches, leftOut: [] }
}
