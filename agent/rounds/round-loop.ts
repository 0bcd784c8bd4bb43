import type { Clock, Watcher } from '#agent/model/host.ts'
import type { Round } from '#agent/model/report.ts'
import { confirmAfter } from '#agent/model/settle.ts'

export interface LoopOptions {
  readonly make: () => Promise<Round>
  readonly took: (round: Round) => void
  /** Called when a round could not be made at all, which is a bug of ours; the next one is tried anyway. */
  readonly failed: (error: unknown) => void
  readonly clock: Clock
  readonly watcher: Watcher
  /** Milliseconds, read again before each wait. */
  readonly interval: () => number
}

export interface RoundLoop {
  /** Makes an extra round: config or checks have changed. */
  askNow(): void
  /** Stops; the result of a round under way is dropped. */
  stop(): void
}

/** Milliseconds beyond what settling requires, so that the second round is not a moment too early. */
const confirmMargin = 100

/**
 * Makes rounds until it is stopped:
 *
 * - the first one immediately, then one per interval, and one immediately when the host changes;
 * - an extra one `confirmAfter` after something went from ready to missing, to confirm it;
 * - never two at a time: a change during a round leads to another one right after it.
 */
export function startRounds({ make, took, failed, clock, watcher, interval }: LoopOptions): RoundLoop {
  let isStopped = false
  let isRunning = false
  let isDue = false
  /** Names, and not the last round: that is large while new checks are read. */
  let readyBefore: ReadonlySet<string> = new Set()
  let cancelTimer = () => {}
  const confirms = new Set<() => void>()

  const runRound = async () => {
    if (isStopped) return
    if (isRunning) {
      isDue = true
      return
    }
    isRunning = true
    isDue = false
    cancelTimer()
    const round = await make().catch(failed)
    isRunning = false
    if (isStopped) return
    if (round) handOn(round)
    if (isDue) void runRound()
    else cancelTimer = clock.after(interval(), () => void runRound())
  }

  const handOn = (round: Round) => {
    if (round.checks.some(({ name, state }) => state === 'missing' && readyBefore.has(name))) confirmLater()
    readyBefore = new Set(round.checks.filter(({ state }) => state === 'ready').map(({ name }) => name))
    took(round)
  }

  const confirmLater = () => {
    const cancel: () => void = clock.after(confirmAfter + confirmMargin, () => {
      confirms.delete(cancel)
      void runRound()
    })
    confirms.add(cancel)
  }

  const unwatch = watcher.watch(() => void runRound())
  void runRound()
  const stop = () => {
    isStopped = true
    cancelTimer()
    for (const cancel of confirms) cancel()
    unwatch()
  }
  return { askNow: () => void runRound(), stop }
}
