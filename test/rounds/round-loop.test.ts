import { expect, test } from 'vitest'
import type { CheckResult, Round } from '#agent/model/report.ts'
import type { State } from '#agent/model/state.ts'
import { startRounds } from '#agent/rounds/round-loop.ts'
import { fakeClock } from './fake-clock.ts'
import { probingWith, settingsWith } from '../model/settings.ts'
import { plainHost } from '../model/host-facts.ts'

const interval = 60_000

test('the first round is made at once, then one per interval', async () => {
  const loop = start(() => 'ready')
  await loop.clock.pass(0)
  expect(loop.times).toEqual([0])
  await loop.clock.pass(120_000)
  expect(loop.times).toEqual([0, 60_000, 120_000])
})

test('a change on the host makes a round at once, and the interval starts anew', async () => {
  const loop = start(() => 'ready')
  await loop.clock.pass(20_000)
  loop.change()
  await loop.clock.pass(60_000)
  expect(loop.times).toEqual([0, 20_000, 80_000])
})

test('something that went from ready to missing is asked again after 10 s', async () => {
  const loop = start((time) => (time < 60_000 ? 'ready' : 'missing'))
  await loop.clock.pass(80_000)
  expect(loop.times).toEqual([0, 60_000, 70_100])
})

test('changes during a round lead to one more round, never to two at a time', async () => {
  const open: (() => void)[] = []
  const loop = start(
    () => 'ready',
    () => new Promise((resolve) => open.push(resolve)),
  )
  await loop.clock.pass(0)
  loop.change()
  loop.change()
  await loop.clock.pass(1)
  expect(open).toHaveLength(1)
  open.shift()?.()
  await loop.clock.pass(1)
  expect(open).toHaveLength(1)
  open.shift()?.()
  await loop.clock.pass(1)
  expect(open).toHaveLength(0)
  expect(loop.times).toHaveLength(2)
})

test('a round that fails is reported, and the next one is made anyway', async () => {
  let isFirst = true
  const loop = start(
    () => 'ready',
    () => {
      if (!isFirst) return Promise.resolve()
      isFirst = false
      return Promise.reject(new Error('a bug'))
    },
  )
  await loop.clock.pass(60_000)
  expect(loop.failures).toEqual(['a bug'])
  expect(loop.times).toEqual([60_000])
})

test('an extra round is made at once, and the interval starts from it', async () => {
  const loop = start(() => 'ready')
  await loop.clock.pass(20_000)
  loop.askNow()
  await loop.clock.pass(60_000)
  expect(loop.times).toEqual([0, 20_000, 80_000])
})

test('after stopping, no round is made or passed on', async () => {
  const loop = start(() => 'ready')
  await loop.clock.pass(0)
  loop.stop()
  loop.change()
  await loop.clock.pass(300_000)
  expect(loop.times).toEqual([0])
})

function start(stateAt: (time: number) => State, gate: () => Promise<void> = () => Promise.resolve()) {
  const clock = fakeClock()
  const times: number[] = []
  const failures: string[] = []
  let change = () => {}
  const loop = startRounds({
    make: async () => {
      const boot = clock.boot()
      await gate()
      return round(boot, stateAt(boot))
    },
    took: ({ boot }) => void times.push(boot),
    failed: (error) => void failures.push(error instanceof Error ? error.message : 'not an error'),
    clock,
    watcher: {
      places: { watched: 1, refused: 0, lost: 0 },
      watch(changed) {
        change = () => changed('/var/lib/dpkg')
        return () => {
          change = () => {}
        }
      },
    },
    interval: () => interval,
  })
  return { clock, times, failures, ...loop, change: () => change() }
}

function round(boot: number, state: State): Round {
  const check = { name: 'c', state } as CheckResult
  const host = { hostname: null, os: '', distro: null, kernel: null, arch: 'amd64', ...plainHost }
  return {
    v: 1,
    at: '',
    boot,
    took: 0,
    settings: settingsWith(),
    host,
    probing: probingWith(),
    crashes: [],
    seen: [],
    fix: null,
    checks: [check],
  }
}
