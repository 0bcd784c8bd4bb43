import type { Answer, FileText } from '#agent/model/question.ts'
import type { Resolved } from './resolve-path.ts'

/** Returns the same answer object for an unchanged file, so that whatever was parsed from it can be reused too. */
export interface FileCache {
  keep(key: string, resolved: Resolved, read: () => Answer<FileText>): Answer<FileText>
}

/** Characters kept, a quarter of the heap; the largest file of a host is its package database, about 1 MiB. */
const mostKept = 16 * 1024 * 1024
/** A file that changes twice within the clock's resolution looks unchanged; milliseconds. */
const racyTime = 2_000
/** The times and sizes of these files do not show whether they changed. */
const volatile = /^\/(proc|sys|run|dev)\//
/** The kernel's build config never changes while it runs, and unpacking it is the most expensive of all reads. */
const partOfKernel = '/proc/config.gz'

export function createFileCache(): FileCache {
  const kept = new Map<string, { id: string; answer: Answer<FileText>; size: number }>()
  let total = 0
  const drop = (key: string) => {
    total -= kept.get(key)?.size ?? 0
    kept.delete(key)
  }
  return {
    keep(key, resolved, read) {
      const id = identify(resolved)
      if (id === null) return read()
      const known = kept.get(key)
      if (known?.id === id) return known.answer
      drop(key)
      const answer = read()
      if (answer.fate !== 'found') return answer
      const size = answer.value.text.length
      kept.set(key, { id, answer, size })
      total += size
      for (const oldest of kept.keys()) {
        if (total <= mostKept) break
        drop(oldest)
      }
      return answer
    },
  }
}

/** An id that changes with the content; null when no change would show. */
function identify({ stat, real }: Resolved): string | null {
  const file = `${stat.dev}:${stat.ino}:${stat.size}`
  // procfs gives it a new time whenever the kernel drops its inode.
  if (real === partOfKernel) return file
  const isSettled = Date.now() - Math.max(stat.mtimeMs, stat.ctimeMs) > racyTime
  return isSettled && !volatile.test(real) ? `${file}:${stat.mtimeMs}:${stat.ctimeMs}` : null
}
