/** Ctrl-C ends a command that only asks, with the exit code that shells give to it. */
export function endOnInterrupt(): void {
  process.once('SIGINT', () => process.exit(130))
}

/** Aborts when nobody reads our output any more, as after `| head`: what follows something would go on for ever. */
export function untilUnread(): AbortSignal {
  const stopping = new AbortController()
  process.stdout.once('error', () => stopping.abort())
  return stopping.signal
}
