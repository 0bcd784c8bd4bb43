import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { followFiles } from '#agent/catalog/follow.ts'
import { patience } from '../patience.ts'
import type { Followed } from '#agent/catalog/follow.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-follow-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const mine = 'title: t\nwhy: w\nneeds:\n  - binary: x\n'

test('files of a ConfigMap, swapped as the kubelet does it: read again, and the last good ones kept', async () => {
  turn('1', { 'config.yaml': 'interval: 10s\n', 'mine.yaml': mine })
  symlinkSync('..data/config.yaml', join(folder, 'config.yaml'))
  mkdirSync(join(folder, 'checks'))
  symlinkSync('../..data/mine.yaml', join(folder, 'checks/mine.yaml'))
  const seen: Followed[] = []
  const beforeRead: (Followed | undefined)[] = []
  const files = followFiles(
    {
      config: join(folder, 'config.yaml'),
      customChecks: join(folder, 'checks'),
      allowCommands: false,
      startAnyway: false,
    },
    { willRead: () => void beforeRead.push(seen.at(-1)), changed: (now) => void seen.push(now) },
  )
  expect(files.current()).toMatchObject({ loaded: { config: { interval: 10_000 } }, mistakes: [] })
  turn('2', { 'config.yaml': 'interval: 20s\nchecks: [mine]\n', 'mine.yaml': mine })
  await untilSeen(seen, 1)
  expect(seen[0]).toMatchObject({ loaded: { config: { interval: 20_000, checks: ['mine'] } } })
  turn('3', { 'config.yaml': 'interval: 30s\nchecks: [mine]\n', 'mine.yaml': 'title: t\n' })
  await untilSeen(seen, 2)
  expect(seen[1]?.loaded).toBe(seen[0]?.loaded)
  expect(seen[1]?.mistakes.join('\n')).toContain('mine.yaml:1')
  turn('4', { 'config.yaml': 'interval: 30s\nchecks: [mine]\n', 'mine.yaml': mine })
  await untilSeen(seen, 3)
  expect(seen[2]).toMatchObject({ loaded: { config: { interval: 30_000 } }, mistakes: [] })
  expect(beforeRead).toEqual([undefined, seen[0], seen[1]])
  files.stop()
})

test('a daemon starts with the valid part of files with mistakes, a person gets the errors', async () => {
  turn('5', {
    'config.yaml':
      'interval: 10s\ndeadlin: 1s\nunknownAfter: 3\nchecks: [overlay, mine, open-icsi, taking]\n',
    'mine.yaml': 'title: t\n',
  })
  writeFileSync(join(folder, 'checks/taking.yaml'), 'title: t\nwhy: w\nneeds:\n  - check: mine\n')
  const options = {
    config: join(folder, 'config.yaml'),
    customChecks: join(folder, 'checks'),
    allowCommands: false,
  }
  expect(() => followFiles({ ...options, startAnyway: false }, { changed() {} })).toThrow('open-icsi')
  const files = followFiles({ ...options, startAnyway: true }, { changed() {} })
  const { loaded, mistakes } = files.current()
  files.stop()
  expect(loaded.config).toMatchObject({ interval: 10_000, unknownAfter: 300_000, checks: ['overlay'] })
  expect(loaded.catalog.has('mine')).toBe(false)
  expect(loaded.catalog.has('open-iscsi')).toBe(true)
  expect(mistakes.join('\n')).toMatch(/config\.yaml:2: .*deadlin[^]*did you mean open-iscsi/)
})

/** A folder of its own for each state, and one link that is renamed over the last. */
function turn(name: string, files: Readonly<Record<string, string>>): void {
  const state = join(folder, `..${name}`)
  mkdirSync(state)
  for (const [file, text] of Object.entries(files)) writeFileSync(join(state, file), text)
  symlinkSync(`..${name}`, join(folder, '..tmp'))
  renameSync(join(folder, '..tmp'), join(folder, '..data'))
}

async function untilSeen(seen: readonly Followed[], count: number): Promise<void> {
  await vi.waitFor(() => expect(seen).toHaveLength(count), { timeout: patience, interval: 20 })
}
