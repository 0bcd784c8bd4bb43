import type { Clock, Watcher } from '#agent/model/host.ts'
import type { Round } from '#agent/model/report.ts'
import { confirmAfter } from '#agent/model/settle.ts'

export interface LoopOptions {
  readonly make: () => Promise<Round>
  readonly took: (round: Round) => void
  /** Called when a round could not be made at all, which is our own bug; the next one is tried all the same. */
  readonly failed: (error: unknown) => void
  readonly clock: Clock
  readonly watcher: Watcher
  /** Milliseconds, asked anew for each wait. */
  readonly interval: () => number
}

export interface RoundLoop {
  /** A round out of turn: what it is made with has changed. */
  askNow(): void
  /** A round under way is not handed on any more. */
  stop(): void
}

/** A little more than what settling demands, so that the second round is not a moment too early. */
const confirmMargin = 100

/**
 * Makes rounds until it is stopped:
 *
 * - the first at once, then one each interval, and one at once when the host changes;
 * - one more `confirmAfter` after something went from ready to missing, so that it can be believed;
 * - never two at a time; what changes during a round is seen by one more right after it.
 */
export function startRounds({ make, took, failed, clock, watcher, interval }: LoopOptions): RoundLoop {
  let isStopped = false
  let isRunning = false
  let isDue = false
  let last: Round | null = null
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
    if (last !== null && hasFallen(last, round)) confirmLater()
    last = round
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

function hasFallen(before: Round, now: Round): boolean {
  const missing = new Set(now.checks.filter((check) => check.state === 'missing').map((check) => check.name))
  return before.checks.some((check) => check.state === 'ready' && missing.has(check.name))
}
