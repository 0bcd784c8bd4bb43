import { writeSync } from 'node:fs'

/**
 * Ends a command at Ctrl-C, and when its pod is deleted, with the exit codes that shells give to these: as the first
 * process of a container it would hear neither.
 *
 * @param words for whoever interrupts what goes on elsewhere; a later call says others
 */
export function endOnInterrupt(words: string | null = null): void {
  lastWords = words
  if (isHeard) return
  isHeard = true
  process.once('SIGINT', () => end(130))
  process.once('SIGTERM', () => end(143))
}

let lastWords: string | null = null
let isHeard = false

function end(code: number): never {
  if (lastWords !== null) writeSync(2, `\n${lastWords}\n`)
  process.exit(code)
}

/** Aborts when nobody reads our output any more, as after `| head`: what follows something would go on for ever. */
export function untilUnread(): AbortSignal {
  const stopping = new AbortController()
  process.stdout.once('error', () => stopping.abort())
  return stopping.signal
}
