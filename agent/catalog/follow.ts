import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { mostCustomChecks, mostMistakes } from '#agent/model/bounds.ts'
import { orMistakes, tellMistakes } from '#agent/catalog/yaml/mistake.ts'
import { load, loadShipped, loadUsable } from './load.ts'
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
 * throws `Mistakes`), and a daemon wants to `startAnyway`, with what can be used.
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

/** Whatever reading throws, the process goes on: with what it has, and at the start with as much as can be used. */
function readAnew(options: LoadOptions, otherwise: () => Loaded): Followed {
  const read = orMistakes(options.config ?? options.customChecks ?? '', () => load(options))
  if (!('mistakes' in read)) return { loaded: read, mistakes: [] }
  const mistakes = tellMistakes(read.mistakes, mostMistakes)
  const usable = orMistakes('', otherwise)
  return { loaded: 'mistakes' in usable ? loadShipped() : usable, mistakes }
}

function identifyAll({ config, customChecks = null }: LoadOptions): string {
  const names = customChecks === null ? [] : namesIn(customChecks)
  // Those that are read, with what else a ConfigMap's folder holds.
  const inFolder = names.slice(0, mostCustomChecks + 10).map((name) => join(customChecks ?? '', name))
  const files = [...(config === null ? [] : [config]), ...inFolder]
  return [names.length, ...files.map(identify)].join('\n')
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
