import type { Answer, FileText } from '#agent/model/question.ts'
import type { Resolved } from './resolve-path.ts'

/** Gives the same answer again for a file that did not change, so that what was parsed of it holds too. */
export interface FileCache {
  keep(key: string, resolved: Resolved, read: () => Answer<FileText>): Answer<FileText>
}

/** Characters that are kept; the largest file of a host is its package database, about 1 MiB. */
const mostKept = 64 * 1024 * 1024
/** A file changed twice within the clock's grain looks unchanged; milliseconds. */
const racyTime = 2_000
/** Their times and sizes do not tell whether they changed. */
const volatile = /^\/(proc|sys|run|dev)\//
/** What it was built with is a part of the kernel, and unpacking it each time is the dearest of all reads. */
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

/** Another for another content; null when that cannot be told. */
function identify({ stat, real }: Resolved): string | null {
  const file = `${stat.dev}:${stat.ino}:${stat.size}`
  // procfs dates it anew whenever the kernel has forgotten its inode.
  if (real === partOfKernel) return file
  const isSettled = Date.now() - Math.max(stat.mtimeMs, stat.ctimeMs) > racyTime
  return isSettled && !volatile.test(real) ? `${file}:${stat.mtimeMs}:${stat.ctimeMs}` : null
}
