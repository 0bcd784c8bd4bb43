/** Milliseconds; what takes less needs no words. */
const patience = 1_000

/** Says on a terminal's stderr what takes long, and takes it back when it is done. */
export async function withProgress<T>(what: string, work: Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return work
  let isShown = false
  const timer = setTimeout(() => {
    isShown = true
    process.stderr.write(`${what}...`)
  }, patience)
  try {
    return await work
  } finally {
    clearTimeout(timer)
    if (isShown) process.stderr.write('\r\u001b[K')
  }
}
