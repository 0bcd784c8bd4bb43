import type { Clock } from '#agent/model/host.ts'

/** Time that passes only when it is told to; boot clock and wall clock start at 0. */
export interface FakeClock extends Clock {
  /** Lets time pass and, after each call that falls due, what hangs on resolved promises. */
  pass(ms: number): Promise<void>
}

export function fakeClock(): FakeClock {
  let time = 0
  const due = new Set<{ at: number; call: () => void }>()
  return {
    now: () => new Date(time),
    boot: () => time,
    after(ms, call) {
      const entry = { at: time + ms, call }
      due.add(entry)
      return () => due.delete(entry)
    },
    async pass(ms) {
      const end = time + ms
      for (;;) {
        await drain()
        const next = [...due].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        due.delete(next)
        time = next.at
        next.call()
      }
      time = end
      await drain()
    },
  }
}

async function drain(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}
