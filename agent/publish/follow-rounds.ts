import { lstatSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '#agent/model/host.ts'
import type { RoundRead } from '#agent/round-file/read.ts'
import { openRoundFile } from '#agent/round-file/file.ts'
import { lateAfterIntervals, lateWords } from './report-store.ts'
import type { ReportStore } from './report-store.ts'

export interface FollowOptions {
  /** The file that the prober writes. */
  readonly path: string
  readonly store: ReportStore
  readonly clock: Clock
  /** Called with the reason when rounds stop or the reason changes, and with null when rounds come again. */
  readonly changed: (silence: string | null) => void
  /** Called when the faults of single checks in a round change. */
  readonly faulty: (faults: readonly string[]) => void
}

/** How often the file is checked, milliseconds. A watch usually sees a new file at once. */
const lookEach = 2_000
/** How often the same silence is reported again, so that `unknownAfter` is counted. Milliseconds. */
const repeatEach = 2_000

/**
 * Brings each round that the prober writes to the store. A round is silence if it is late by the boot clock (the wall clock may be
 * set), cut, too large, of another form or version, or not a plain file: nothing is known then, and nothing crashes.
 */
export function followRounds({ path, store, clock, changed, faulty }: FollowOptions): () => void {
  const readFile = openRoundFile(path)
  let seen = ''
  let read: RoundRead = { unusable: 'the prober has not written a round' }
  let silence: string | null = null
  let faults = ''
  let reportedAt = -Infinity

  const take = (good: Extract<RoundRead, { round: unknown }>) => {
    const now = good.faults.join('\n')
    if (now !== faults) faulty(good.faults)
    faults = now
    store.take(good.round)
  }
  const look = () => {
    const now = identify(path)
    if (now !== seen) {
      seen = now
      read = checkTime(readFile(), clock)
      if ('round' in read) take(read)
    }
    const why = silenceOf(read, clock.boot())
    const isNews = why !== silence
    silence = why
    if (isNews) changed(why)
    if (why === null || (!isNews && clock.boot() - reportedAt < repeatEach)) return
    reportedAt = clock.boot()
    store.silence(why)
  }

  look()
  const timer = setInterval(look, lookEach)
  const unwatch = watchFolder(path, look)
  return () => {
    clearInterval(timer)
    unwatch()
  }
}

/** When the kernel refuses a watch (none is left, or the folder is not there yet), the timer is enough. */
function watchFolder(path: string, look: () => void): () => void {
  try {
    const watcher = watch(dirname(path), look).on('error', () => watcher.close())
    return () => watcher.close()
  } catch {
    return () => {}
  }
}

/** Rounds are made on this machine after it booted, so a round from the future is not ours. */
function checkTime(read: RoundRead, clock: Clock): RoundRead {
  const isFuture = 'round' in read && read.round.boot > clock.boot() + 1_000
  return isFuture ? { unusable: 'the round file is from the future' } : read
}

function silenceOf(read: RoundRead, now: number): string | null {
  if ('unusable' in read) return read.unusable
  const { boot, took, settings } = read.round
  const patience = lateAfterIntervals * settings.interval
  return now - boot - took > patience
    ? `${lateWords(patience)}; the prober has stopped, or cannot write its file`
    : null
}

function identify(path: string): string {
  try {
    const { ino, mtimeMs, size } = lstatSync(path)
    return `${ino}:${mtimeMs}:${size}`
  } catch {
    return 'none'
  }
}
