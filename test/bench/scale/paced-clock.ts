import type { Clock } from '#agent/model/host.ts'

/** A clock of which an hour may be shorter than an hour. */
export interface PacedClock extends Clock {
  /** From now on so many seconds pass in each second; those who wait, wait accordingly. */
  pace(factor: number): void
}

interface Waiting {
  /** By this clock, milliseconds. */
  readonly due: number
  readonly call: () => void
  timer: NodeJS.Timeout
}

export function pacedClock(): PacedClock {
  const waiting = new Set<Waiting>()
  let factor = 1
  let [from, at] = [performance.now(), Date.now()]
  const passed = () => at + (performance.now() - from) * factor
  const arm = (one: Waiting) =>
    setTimeout(
      () => {
        waiting.delete(one)
        one.call()
      },
      Math.max(0, one.due - passed()) / factor,
    )
  return {
    now: () => new Date(passed()),
    boot: passed,
    after(ms, call) {
      const one: Waiting = { due: passed() + ms, call, timer: setTimeout(() => undefined) }
      clearTimeout(one.timer)
      one.timer = arm(one)
      waiting.add(one)
      return () => {
        clearTimeout(one.timer)
        waiting.delete(one)
      }
    },
    pace(next) {
      ;[at, from, factor] = [passed(), performance.now(), next]
      for (const one of waiting) {
        clearTimeout(one.timer)
        one.timer = arm(one)
      }
    },
  }
}
