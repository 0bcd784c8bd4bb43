const pending = new Set<() => void>()
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a clean-up when this process ends with it undone, by its exit or by a signal: vitest ends its workers by SIGTERM,
 * of which Node.js tells no 'exit' handler. Returns what runs it now, and once only.
 */
export function atEnd(cleanUp: () => void): () => void {
  if (pending.size === 0) listen()
  pending.add(cleanUp)
  return () => {
    if (!pending.delete(cleanUp)) return
    if (pending.size === 0) unlisten()
    cleanUp()
  }
}

function listen(): void {
  process.on('exit', runAll)
  for (const signal of signals) process.on(signal, endBy)
}

function unlisten(): void {
  process.off('exit', runAll)
  for (const signal of signals) process.off(signal, endBy)
}

function runAll(): void {
  for (const cleanUp of pending) {
    pending.delete(cleanUp)
    try {
      cleanUp()
    } catch (error) {
      console.error('a clean-up failed, the others go on:', error)
    }
  }
}

/** Ends as the signal would have ended it: without a listener the second one is deadly. */
function endBy(signal: NodeJS.Signals): void {
  runAll()
  unlisten()
  process.kill(process.pid, signal)
}
