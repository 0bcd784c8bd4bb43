/**
 * Ends a command that only asks at Ctrl-C, and when its pod is deleted, with the exit codes that shells give to these: as the first
 * process of a container it would hear neither.
 */
export function endOnInterrupt(): void {
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
}

/** Aborts when nobody reads our output any more, as after `| head`: what follows something would go on for ever. */
export function untilUnread(): AbortSignal {
  const stopping = new AbortController()
  process.stdout.once('error', () => stopping.abort())
  return stopping.signal
}
