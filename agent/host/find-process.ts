import { readFileSync, readdirSync } from 'node:fs'
import type { Answer } from '../model/question.ts'
import { unansweredErrno } from './errno.ts'

export interface RunningProcess {
  readonly pid: number
  /** comm: at most 15 characters. */
  readonly name: string
  /** Clock ticks since boot. */
  readonly started: number
}

/** All that can be seen now. Read anew for each asking, and once for all of its questions: pids change. */
export function listProcesses(procfs: string): Answer<readonly RunningProcess[]> {
  try {
    const value = readdirSync(procfs)
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((pid) => readProcess(procfs, pid) ?? [])
    return { fate: 'found', value }
  } catch (error) {
    return unansweredErrno(error, procfs)
  }
}

/** The oldest process with this name, so that its forks do not count. */
export function findProcess(listed: Answer<readonly RunningProcess[]>, name: string): Answer<number> {
  if (listed.fate !== 'found') return listed
  const [oldest] = listed.value
    .filter((process) => process.name === name)
    .toSorted((a, b) => a.started - b.started)
  if (oldest !== undefined) return { fate: 'found', value: oldest.pid }
  return { fate: 'failed', detail: `no process named ${name} runs on this host` }
}

/** The start is the 22nd field of /proc/<pid>/stat; the name is in parentheses, proc_pid_stat(5). */
function readProcess(procfs: string, pid: string): RunningProcess | null {
  try {
    const stat = readFileSync(`${procfs}/${pid}/stat`, 'utf8')
    const end = stat.lastIndexOf(')')
    const name = stat.slice(stat.indexOf('(') + 1, end)
    return { pid: Number(pid), name, started: Number(stat.slice(end + 2).split(' ')[19]) }
  } catch {
    return null
  }
}
