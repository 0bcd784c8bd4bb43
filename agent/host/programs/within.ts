/** Resolves with null when the value does not come within `time` milliseconds. */
export async function within<T>(promise: Promise<T>, time: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, time, null)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
