import { afterEach, expect, test, vi } from 'vitest'
import { noteSweep, sweepsEnded } from '#agent/host/programs/sweeps.ts'

afterEach(() => vi.useRealTimers())

test('who waits for sweeps waits for the last of them, and for none when there is none', async () => {
  await sweepsEnded()
  const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  void noteSweep(one.promise)
  void noteSweep(other.promise)
  let hasEnded = false
  const waiting = sweepsEnded().then(() => (hasEnded = true))
  one.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  expect(hasEnded).toBe(false)
  other.resolve()
  await waiting
})

test('a sweep that never ends is not waited for', async () => {
  vi.useFakeTimers()
  const { promise, resolve } = Promise.withResolvers<void>()
  void noteSweep(promise)
  const waiting = sweepsEnded()
  await vi.runAllTimersAsync()
  await waiting
  resolve()
})
