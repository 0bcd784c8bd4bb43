/** Makes it when it is first asked for, and then gives the same. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | null = null
  return () => (made ??= make())
}
