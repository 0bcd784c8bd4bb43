import { readFileSync, statSync, watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { rpmFolders } from '#agent/model/facts.ts'
import type { Watcher } from '#agent/model/host.ts'
import { signFolders } from '#agent/host/files/folder-signature.ts'
import { readSuspectMounts } from '#agent/host/files/suspect-mounts.ts'
import { resolvePath } from '#agent/host/files/resolve-path.ts'
import { openTarget, placesOf } from '#agent/host/processes/target.ts'
import { throttle } from './throttle.ts'
import { containerLinks, ofPods, watchedPlaces } from './watched-places.ts'

/** A burst of events ends after this much quiet, and is reported after `longestBurst` at the latest. Milliseconds. */
const quietTime = 150
const longestBurst = 1_000
/** /proc/modules has no events, so it is compared this often. Milliseconds. */
const modulesPoll = 5_000
/** Containers that crash may be started again all the time; a round is made for them this often at most. Milliseconds. */
const restartsEach = 10_000
/** How often to look for folders that are new or were replaced. Milliseconds. */
const recheckTime = 60_000

/**
 * Watches the folders of a host where packages, units, modules and programs come and go. Whatever changes, the whole round is asked
 * again (rounds/round-loop.ts): files and programs that did not change are answered from the caches.
 *
 * @param isRestart whether a name in the kubelet's folder of links means that a container was started again; without it that
 *   folder is not watched
 */
export function watchHost(
  { procfs, targetPid }: { procfs: string; targetPid: number | null },
  isRestart: ((name: string) => boolean) | null = null,
): Watcher {
  const opened = openTarget(procfs, targetPid)
  const target = 'fate' in opened ? placesOf(`${procfs}/${targetPid}`) : opened
  const watches = new Map<string, { watcher: FSWatcher; id: string }>()
  const places = isRestart === null ? watchedPlaces : [...watchedPlaces, containerLinks]
  let refused = 0
  let lost = 0
  const onLost = () => void lost++
  return {
    get places() {
      return { watched: watches.size, refused, lost }
    },
    watch(changed) {
      const burst = joinBursts(changed)
      const restarts = throttle(restartsEach, () => burst.event(containerLinks))
      const onLink = (name: string) => isRestart?.(name) === true && restarts.call()
      const setAll = () => {
        refused = 0
        const suspects = readSuspectMounts(target.mountinfo)
        for (const place of places)
          refused += setWatch(target.root, place, { suspects, watches, burst, onLink, onLost }) ? 0 : 1
      }
      setAll()
      const stopPolling = pollModules(target.root, burst.event)
      const timer = setInterval(setAll, recheckTime)
      return () => {
        clearInterval(timer)
        stopPolling()
        restarts.end()
        burst.end()
        for (const { watcher } of watches.values()) watcher.close()
        watches.clear()
      }
    },
  }
}

interface Setting {
  readonly suspects: ReadonlySet<string>
  readonly watches: Map<string, { watcher: FSWatcher; id: string }>
  readonly burst: Burst
  readonly onLink: (name: string) => unknown
  /** Called for each watch that has ended by itself. */
  readonly onLost: () => void
}

/** Sets or renews one watch. An absent folder is no failure; false means that the kernel refused. */
function setWatch(root: string, place: string, setting: Setting): boolean {
  const { suspects, watches, burst, onLink, onLost } = setting
  const known = watches.get(place)
  try {
    const resolved = resolvePath({ root, suspects }, place)
    const { id, path } =
      resolved.fate === 'found' ? identify(root + resolved.value.real) : { id: '', path: '' }
    if (known?.id === id) return true
    known?.watcher.close()
    if (watches.delete(place)) onLost()
    if (path === '') return true
    // Even reading an rpm database touches files in it, and we read it.
    const report = rpmFolders.some((folder) => folder === place)
      ? onChange(
          () => signFolders(root, [place], suspects),
          () => burst.event(place),
        )
      : () => burst.event(place)
    const watcher = watch(path, { persistent: false }, (_, name) => {
      if (place === containerLinks) onLink(name ?? '')
      else if (name === null || !ofPods.test(name)) report()
    })
    watcher.on('error', () => {
      if (watches.delete(place)) onLost()
    })
    watches.set(place, { watcher, id })
    return true
  } catch {
    return false
  }
}

/** Calls back only when `look` returns something new, or null. */
function onChange(look: () => string | null, call: () => void): () => void {
  let before = look()
  return () => {
    const now = look()
    if (now !== before || now === null) call()
    before = now
  }
}

function identify(path: string): { id: string; path: string } {
  const { dev, ino } = statSync(path)
  return { id: `${dev}:${ino}`, path }
}

interface Burst {
  readonly event: (place: string) => void
  readonly end: () => void
}

function joinBursts(changed: (place: string) => void): Burst {
  let quiet: NodeJS.Timeout | undefined
  let longest: NodeJS.Timeout | undefined
  const end = () => {
    clearTimeout(quiet)
    clearTimeout(longest)
    longest = undefined
  }
  return {
    event(place) {
      const report = () => {
        end()
        changed(place)
      }
      clearTimeout(quiet)
      quiet = setTimeout(report, quietTime)
      longest ??= setTimeout(report, longestBurst)
    },
    end,
  }
}

function pollModules(root: string, event: (place: string) => void): () => void {
  const place = '/proc/modules'
  let before = readModules(root + place)
  const timer = setInterval(() => {
    const now = readModules(root + place)
    if (now !== before) event(place)
    before = now
  }, modulesPoll)
  return () => clearInterval(timer)
}

/** Only the names: use counts change all the time. */
function readModules(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/ .*$/gm, '')
  } catch {
    return ''
  }
}
