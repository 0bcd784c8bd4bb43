import { within } from './within.ts'

/** Those that look for what a run left behind at its deadline, and have not ended. */
const running = new Set<Promise<void>>()

/** Milliseconds. What blocks a sweep for longer blocks it for good; see read-apart.ts. */
const longestWait = 3_000

export function noteSweep(sweep: Promise<void>): Promise<void> {
  running.add(sweep)
  return sweep.finally(() => running.delete(sweep))
}

/**
 * Resolves when none is left, or after {@link longestWait}. The answer does not wait for a sweep, but on a busy machine it takes
 * longer than a command that ends with its answer: whoever ends the process waits for it, or what was left behind goes on for ever.
 */
export async function sweepsEnded(): Promise<void> {
  if (running.size > 0) await within(Promise.allSettled(running), longestWait)
}
