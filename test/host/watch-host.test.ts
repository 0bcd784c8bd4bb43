import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchHost } from '#agent/host/watch-host.ts'
import { patience } from '../patience.ts'

/** A proc file system of one process, whose root is a folder with one of the watched places. */
let procfs: string
const targetPid = 1
const inRoot = (...parts: string[]) => join(procfs, String(targetPid), 'root', ...parts)

beforeEach(() => {
  procfs = mkdtempSync(join(tmpdir(), 'hostdeps-watch-'))
  mkdirSync(inRoot('etc/iscsi'), { recursive: true })
  writeFileSync(join(procfs, String(targetPid), 'mountinfo'), '')
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(procfs, { recursive: true })
})

test('a folder that is absent at the start is watched when it appears', async () => {
  const { watcher, seen, stop } = start()
  expect(watcher.places).toEqual({ watched: 1, refused: 0, lost: 0 })
  mkdirSync(inRoot('etc/modprobe.d'))
  vi.advanceTimersByTime(60_000)
  expect(watcher.places).toEqual({ watched: 2, refused: 0, lost: 0 })
  writeFileSync(inRoot('etc/modprobe.d/new.conf'), '')
  await untilSeen(seen, ['/etc/modprobe.d'])
  stop()
})

test('a folder that replaces another with the same name is watched, and the first watch counts as lost', async () => {
  const { watcher, seen, stop } = start()
  renameSync(inRoot('etc/iscsi'), inRoot('etc/old'))
  mkdirSync(inRoot('etc/iscsi'))
  await untilSeen(seen, ['/etc/iscsi'])
  vi.advanceTimersByTime(60_000)
  expect(watcher.places).toEqual({ watched: 1, refused: 0, lost: 1 })
  writeFileSync(inRoot('etc/iscsi/initiatorname.iscsi'), '')
  await untilSeen(seen, ['/etc/iscsi', '/etc/iscsi'])
  stop()
})

test('a folder that is gone is no longer watched: it counts as lost, not as refused', () => {
  const { watcher, stop } = start()
  rmSync(inRoot('etc/iscsi'), { recursive: true })
  vi.advanceTimersByTime(60_000)
  expect(watcher.places).toEqual({ watched: 0, refused: 0, lost: 1 })
  stop()
})

function start(isRestart: ((name: string) => boolean) | null = null) {
  const seen: string[] = []
  const watcher = watchHost({ procfs, targetPid }, isRestart)
  const stop = watcher.watch((place) => seen.push(place))
  return { watcher, seen, stop }
}

/** The kernel reports a change when it likes; the time in which a burst must be over is faked. */
function untilSeen(seen: readonly string[], places: readonly string[]): Promise<void> {
  return vi.waitFor(() => expect(seen).toEqual(places), { timeout: patience })
}

describe('the links of containers', () => {
  const link = (name: string) => writeFileSync(inRoot('var/log/containers', name), '')

  test('are not watched unless somebody says which of them count', async () => {
    mkdirSync(inRoot('var/log/containers'), { recursive: true })
    const { watcher, stop } = start()
    expect(watcher.places).toEqual({ watched: 1, refused: 0, lost: 0 })
    stop()
  })

  test('wake where a container was started again, and not more often than each ten seconds', async () => {
    mkdirSync(inRoot('var/log/containers'), { recursive: true })
    const asked: string[] = []
    const { watcher, seen, stop } = start((name) => {
      asked.push(name)
      return name.startsWith('again')
    })
    const place = '/var/log/containers'
    const untilAsked = (name: string) =>
      vi.waitFor(() => expect(asked).toContain(name), { timeout: patience })
    expect(watcher.places).toEqual({ watched: 2, refused: 0, lost: 0 })
    link('new')
    await untilAsked('new')
    vi.advanceTimersByTime(2_000)
    expect(seen).toEqual([])
    link('again-1')
    await untilAsked('again-1')
    vi.advanceTimersByTime(2_000)
    expect(seen).toEqual([place])
    link('again-2')
    await untilAsked('again-2')
    link('again-3')
    await untilAsked('again-3')
    vi.advanceTimersByTime(5_000)
    expect(seen).toEqual([place])
    vi.advanceTimersByTime(7_000)
    expect(seen).toEqual([place, place])
    stop()
  })
})
