import { lstatSync, readdirSync } from 'node:fs'
import type { SuspectMounts } from './suspect-mounts.ts'
import { resolvePath } from './resolve-path.ts'

/**
 * Files that a mere reader of a package database writes: SQLite's shared memory, Berkeley DB's environment, locks.
 * https://www.sqlite.org/tempfiles.html
 */
const touchedByReaders = /(-shm|\.lock)$|^__db\.\d+$/

/**
 * A signature that changes when a file in one of these folders does. "rpm -qa", which writes to the shared memory and sets
 * owners, does not change it. null when it is unknown, or a folder is on a mount that may hang.
 */
export function signFolders(root: string, paths: readonly string[], suspects: SuspectMounts): string | null {
  const signs = paths.map((path) => {
    const resolved = resolvePath({ root, suspects }, path)
    if (resolved.fate === 'absent') return 'absent'
    return resolved.fate === 'found' ? signFolder(root + resolved.value.real) : null
  })
  return signs.includes(null) ? null : signs.join('\n')
}

/** A signature that changes when the file at a path does; null as for folders. */
export function signFile(root: string, path: string, suspects: SuspectMounts): string | null {
  const resolved = resolvePath({ root, suspects }, path)
  if (resolved.fate !== 'found') return null
  const { real, stat } = resolved.value
  return `${real}:${stat.ino}:${stat.size}:${stat.mtimeMs}:${stat.ctimeMs}`
}

function signFolder(place: string): string | null {
  try {
    const names = readdirSync(place).filter((name) => !touchedByReaders.test(name))
    return names
      .toSorted()
      .map((name) => signEntry(place, name))
      .join(' ')
  } catch {
    return null
  }
}

function signEntry(place: string, name: string): string {
  const { ino, size, mtimeMs } = lstatSync(`${place}/${name}`)
  return `${name}:${ino}:${size}:${mtimeMs}`
}
