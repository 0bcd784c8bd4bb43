import { expect, onTestFinished, test, vi } from 'vitest'
import { openSpareApi } from '#agent/http/auth/spare-api.ts'
import type { ApiAnswer } from '#agent/node/node-api.ts'

const yes: ApiAnswer<string> = { ok: true, value: 'yes' }
const down: ApiAnswer<string> = { ok: false, status: null, message: 'down', retryAfter: null }

/** Calls that end when the test says so. */
function openCalls() {
  const open: ((answer: ApiAnswer<string>) => void)[] = []
  const call = () => new Promise<ApiAnswer<string>>((resolve) => open.push(resolve))
  return { open, call }
}

function stopClock(): (milliseconds: number) => void {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  return (milliseconds) => void vi.advanceTimersByTime(milliseconds)
}

test('16 calls are under way at a time; others wait for a place', async () => {
  const { open, call } = openCalls()
  const spare = openSpareApi()
  const all = Array.from({ length: 40 }, () => spare.run(call))
  await expect.poll(() => open.length).toBe(16)
  open[0]?.(yes)
  await expect.poll(() => open.length).toBe(17)
  for (let ended = 1; ended < 40; ended++) {
    await expect.poll(() => open.length).toBeGreaterThan(ended)
    open[ended]?.(yes)
  }
  expect(new Set(await Promise.all(all))).toEqual(new Set([yes]))
})

test('of those that wait none is made once one has failed', async () => {
  const { open, call } = openCalls()
  const spare = openSpareApi()
  const all = Array.from({ length: 40 }, () => spare.run(call))
  await expect.poll(() => open.length).toBe(16)
  for (const end of open) end(down)
  const answers = await Promise.all(all)
  expect([open.length, answers.filter(({ ok }) => ok)]).toEqual([16, []])
})

test('20 a second after a burst of 256', async () => {
  const pass = stopClock()
  let made = 0
  const call = () => Promise.resolve({ ok: true, value: ++made } as const)
  const spare = openSpareApi()
  const runMany = () => Promise.all(Array.from({ length: 300 }, () => spare.run(call)))
  const refused = (await runMany()).find(({ ok }) => !ok)
  expect([made, refused]).toEqual([256, { ok: false, status: null, message: 'not asked', retryAfter: 1_000 }])
  pass(2_000)
  await runMany()
  expect(made).toBe(296)
})

test('after each failure it pauses longer, and then tries one alone', async () => {
  const pass = stopClock()
  const spare = openSpareApi()
  const pauses: number[] = []
  for (let turn = 0; turn < 8; turn++) {
    const { open, call } = openCalls()
    const [first, second] = [spare.run(call), spare.run(call)]
    await expect.poll(() => open.length).toBeGreaterThan(0)
    if (turn > 0) expect([open.length, await second]).toEqual([1, expect.objectContaining({ ok: false })])
    for (const end of open) end(down)
    await Promise.all([first, second])
    const { retryAfter } = (await spare.run(call)) as { retryAfter: number }
    pauses.push(retryAfter)
    pass(retryAfter)
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  expect(await spare.run(() => Promise.resolve(yes))).toBe(yes)
  const { open, call } = openCalls()
  const both = [spare.run(call), spare.run(call)]
  await expect.poll(() => open.length).toBe(2)
  for (const end of open) end(yes)
  await Promise.all(both)
})
