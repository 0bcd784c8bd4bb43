import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { mostCustomChecks, mostMistakes } from '#agent/model/bounds.ts'
import { orMistakes, reportMistakes } from '#agent/catalog/yaml/mistake.ts'
import { load, loadShipped, loadUsable } from './load.ts'
import type { Loaded, LoadOptions } from './load.ts'

/** Config and checks as they are now, or as they were when they last had no mistake. */
export interface Followed {
  readonly loaded: Loaded
  /** Mistakes in the files as they are now; none when they are in use. */
  readonly mistakes: readonly string[]
}

export interface Follower {
  current(): Followed
  /** Stops polling. */
  stop(): void
}

interface Following {
  /** Called before changed files are read: what is in use stays meanwhile, so whatever else takes memory should go. */
  readonly willRead?: () => void
  readonly changed: (now: Followed) => void
}

/** Milliseconds. A poll is one stat(2) per file: a ConfigMap's files are links that are swapped, which inotify hardly shows. */
const lookEach = 1_000

/**
 * Reads config and checks, and reads them again when they change. Files with a mistake are not used: the last good state of
 * all files stays in use, and the mistakes are reported beside it. At the start there is no such state: a person gets an
 * error (it throws `Mistakes`), and a daemon starts with the usable part (`startAnyway`).
 */
export function followFiles(
  options: LoadOptions & { readonly startAnyway: boolean },
  { willRead, changed }: Following,
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
    willRead?.()
    current = readAnew(options, () => current.loaded)
    changed(current)
  }
  const timer = setInterval(look, lookEach)
  return { current: () => current, stop: () => clearInterval(timer) }
}

/** Whatever reading throws, the process continues: with what it has, or at the start with whatever is usable. */
function readAnew(options: LoadOptions, otherwise: () => Loaded): Followed {
  const read = orMistakes(options.config ?? options.customChecks ?? '', () => load(options))
  if (!('mistakes' in read)) return { loaded: read, mistakes: [] }
  const mistakes = reportMistakes(read.mistakes, mostMistakes)
  const usable = orMistakes('', otherwise)
  return { loaded: 'mistakes' in usable ? loadShipped() : usable, mistakes }
}

function identifyAll({ config, customChecks = null }: LoadOptions): string {
  const names = customChecks === null ? [] : namesIn(customChecks)
  // The files that are read, plus room for the other entries of a ConfigMap's folder.
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
