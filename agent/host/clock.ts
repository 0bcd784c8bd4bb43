import { readFileSync } from 'node:fs'
import type { Clock } from '#agent/model/host.ts'

/**
 * The machine's clocks. The boot clock (CLOCK_BOOTTIME) is read from /proc/uptime, in steps of 10 ms: Node.js has no call
 * for it, and its own monotonic clock stops while the machine sleeps.
 */
export const systemClock: Clock = {
  now: () => new Date(),
  boot: () => Math.round(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000),
  after(ms, call) {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
}
