import { lstatSync, readdirSync } from 'node:fs'
import type { SuspectMounts } from './suspect-mounts.ts'
import { resolvePath } from './resolve-path.ts'

/**
 * What a mere reader of a package database writes to: SQLite's shared memory, the environment of Berkeley DB, locks.
 * https://www.sqlite.org/tempfiles.html
 */
const touchedByReaders = /(-shm|\.lock)$|^__db\.\d+$/

/**
 * Changes when a file in one of these folders does; "rpm -qa" alone, which asks for the shared memory and the owner of
 * what it reads, changes nothing. null when that cannot be told, or one of them lies on a mount that may hang.
 */
export function signFolders(root: string, paths: readonly string[], suspects: SuspectMounts): string | null {
  const signs = paths.map((path) => {
    const resolved = resolvePath({ root, suspects }, path)
    if (resolved.fate === 'absent') return 'absent'
    return resolved.fate === 'found' ? signFolder(root + resolved.value.real) : null
  })
  return signs.includes(null) ? null : signs.join('\n')
}

/** Changes when the file does that a path leads to; null as for folders. */
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
