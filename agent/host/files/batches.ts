/** Questions that are asked by one program each batch, so that its arguments stay within what the kernel takes. */
export interface Batches<T> {
  readonly batches: readonly (readonly T[])[]
  /** What is beyond the last batch. */
  readonly leftOut: readonly T[]
}

/** Bytes of arguments; execve(2) refuses one of 128 KiB, and all together at a quarter of the stack. */
const mostBytes = 65_536

/** @param most batches; every one is a process */
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
