import { readFileSync, readdirSync } from 'node:fs'
import type { Answer } from '../model/question.ts'
import { unansweredErrno } from './errno.ts'

/** The oldest process with this name (comm), so that its forks do not count. Asked anew each time: pids change. */
export function findProcess(procfs: string, name: string): Answer<number> {
  try {
    const oldest = readdirSync(procfs)
      .filter((entry) => /^\d+$/.test(entry))
      .map((entry) => ({ pid: Number(entry), started: startTime(procfs, entry, name) }))
      .filter(({ started }) => started !== null)
      .toSorted((a, b) => (a.started ?? 0) - (b.started ?? 0))[0]
    if (oldest !== undefined) return { fate: 'found', value: oldest.pid }
    return { fate: 'failed', detail: `no process named ${name} runs on this host` }
  } catch (error) {
    return unansweredErrno(error, procfs)
  }
}

/** The 22nd field of /proc/<pid>/stat, for a process of that name; the name is in parentheses, proc_pid_stat(5). */
function startTime(procfs: string, pid: string, name: string): number | null {
  try {
    const stat = readFileSync(`${procfs}/${pid}/stat`, 'utf8')
    const end = stat.lastIndexOf(')')
    if (stat.slice(stat.indexOf('(') + 1, end) !== name) return null
    return Number(stat.slice(end + 2).split(' ')[19])
  } catch {
    return null
  }
}
