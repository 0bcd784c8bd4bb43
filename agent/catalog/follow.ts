import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { formatMistake, Mistakes } from './mistake.ts'
import { load, loadUsable } from './load.ts'
import type { Loaded, LoadOptions } from './load.ts'

/** What people write, as it is now, or as it was when it was last without a mistake. */
export interface Followed {
  readonly loaded: Loaded
  /** Of the files as they are now; none when they are in use. */
  readonly mistakes: readonly string[]
}

export interface Follower {
  current(): Followed
  /** Stops looking. */
  stop(): void
}

/** Milliseconds. A look is a stat(2) a file: a ConfigMap's files are links that are turned, of which inotify tells little. */
const lookEach = 1_000

/**
 * Reads config and checks, and reads them anew when they change. What has a mistake is not used: the last good state of
 * all files stays in use, with the mistakes beside it. At the start there is none: then a person wants to be told (it
 * throws {@link Mistakes}), and a daemon wants to `startAnyway`, with what can be used.
 */
export function followFiles(
  options: LoadOptions & { readonly startAnyway: boolean },
  changed: (now: Followed) => void,
): Follower {
  const { startAnyway } = options
  let seen = identifyAll(options)
  let current = startAnyway
    ? readAnew(options, () => loadUsable(options))
    : { loaded: load(options), mistakes: [] }
  const look = () => {
    const now = identifyAll(options)
    if (now === seen) return
    seen = now
    current = readAnew(options, () => current.loaded)
    changed(current)
  }
  const timer = setInterval(look, lookEach)
  return { current: () => current, stop: () => clearInterval(timer) }
}

function readAnew(options: LoadOptions, otherwise: () => Loaded): Followed {
  try {
    return { loaded: load(options), mistakes: [] }
  } catch (error) {
    if (!(error instanceof Mistakes)) throw error
    return { loaded: otherwise(), mistakes: error.mistakes.map(formatMistake) }
  }
}

function identifyAll({ config, ownChecks }: LoadOptions): string {
  const inFolder = ownChecks === null ? [] : namesIn(ownChecks).map((name) => join(ownChecks, name))
  return [...(config === null ? [] : [config]), ...inFolder].map(identify).join('\n')
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch {
    return []
  }
}

function identify(file: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(file)
    return `${file}:${ino}:${mtimeMs}:${size}`
  } catch {
    return `${file}:none`
  }
}
