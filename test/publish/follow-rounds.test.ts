import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Clock } from '#agent/model/host.ts'
import type { Round } from '#agent/model/report.ts'
import { followRounds } from '#agent/publish/follow-rounds.ts'
import { createReportStore } from '#agent/publish/report-store.ts'
import { probingWith, settingsWith } from '../model/settings.ts'
import { plainHost } from '../model/host-facts.ts'

test('another reason is reported at once, the same one again only after a while', async () => {
  const { put, reason, told, pass } = follow(100_000)
  put(roundAt(100_000))
  await expect.poll(reason).toBe('BinaryNotFound')
  put('{"v":1')
  await expect.poll(reason).toBe('RoundStale')
  for (const [text, words] of [
    ['{"v":0}', 'has version 0'],
    ['{"v":7}', 'has version 7'],
    ['garbage', 'truncated, or is not JSON'],
  ] as const) {
    const before = told.length
    put(text)
    // The boot clock stands still: no time has passed since the one before.
    await expect.poll(() => told.at(-1)).toContain(words)
    expect(told.length).toBe(before + 1)
  }
  const before = told.length
  put('garbage')
  put('garbage, other than before')
  pass(1_999)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(told.length).toBe(before)
  pass(1)
  put('garbage again')
  await expect.poll(() => told.length).toBe(before + 1)
  put(roundAt(102_000))
  await expect.poll(reason).toBe('BinaryNotFound')
})

/** On a real machine the boot clock starts anew, and a round file on a disk is there still. */
test('after a reboot the old round is not believed, and the first new one is', async () => {
  const { put, reason, store, told, pass } = follow(5_000, roundAt(9_000_000))
  expect(told).toEqual([expect.stringContaining('from the future')])
  expect(store.current()).toBeNull()
  put(roundAt(6_000))
  pass(1_500)
  await expect.poll(reason).toBe('BinaryNotFound')
  expect(store.stale()).toBeNull()
  pass(180_000)
  expect(store.stale()).toContain('no round has come for more than 3m')
})

test('the fault of one check is reported once, and again when it is over; the others go on', async () => {
  const { put, store, faults } = follow(100_000)
  const [good, bad] = [
    roundAt(100_000),
    { ...roundAt(100_000).checks[0], name: 'b', message: 'x'.repeat(3_000) },
  ]
  const states = () => store.current()?.checks.map(({ name, reason }) => `${name} ${reason}`)
  for (const boot of [100_001, 100_002]) {
    put(JSON.stringify({ ...good, boot, checks: [...good.checks, bad] }))
    await expect.poll(states).toEqual(['a BinaryNotFound', 'b ResultUnusable'])
    await expect.poll(() => faults).toEqual([[expect.stringMatching(/^b: message: Too big/)]])
  }
  put(roundAt(100_003))
  await expect.poll(() => faults.at(-1)).toEqual([])
  expect(faults.length).toBe(2)
})

/** Follows a file of a folder of its own; "missing" is what its rounds say. */
function follow(boot: number, first?: Round) {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-follow-'))
  const path = join(folder, 'round.json')
  const put = (round: Round | string) => {
    writeFileSync(`${path}.part`, typeof round === 'string' ? round : JSON.stringify(round))
    renameSync(`${path}.part`, path)
  }
  if (first !== undefined) put(first)
  let now = boot
  const clock: Clock = { now: () => new Date(0), boot: () => now, after: () => () => {} }
  const store = createReportStore({ clock, interval: 60_000, node: () => 'n' })
  const told: string[] = []
  const silence = (why: string) => {
    told.push(why)
    store.silence(why)
  }
  const faults: (readonly string[])[] = []
  const faulty = (now: readonly string[]) => void faults.push(now)
  const stop = followRounds({
    path,
    store: { ...store, silence },
    clock,
    changed: () => {},
    faulty,
  })
  onTestFinished(() => {
    stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    put,
    store,
    told,
    faults,
    reason: () => store.current()?.checks[0]?.reason,
    pass: (ms: number) => void (now += ms),
  }
}

function roundAt(boot: number): Round {
  const said = { state: 'missing', reason: 'BinaryNotFound', message: 'm', why: 'w', fix: null } as const
  return {
    v: 1,
    at: new Date(boot).toISOString(),
    boot,
    took: 1,
    settings: settingsWith({ checks: ['a'] }),
    host: { hostname: null, os: 'os', distro: 'debian', kernel: '6.1', arch: 'amd64', ...plainHost },
    probing: probingWith(),
    crashes: [],
    seen: [],
    fix: null,
    checks: [{ ...said, name: 'a', title: 'a', findings: [] }],
  }
}
