import { readFileSync, readdirSync } from 'node:fs'
import type { Answer } from '#agent/model/question.ts'
import { unansweredErrno } from '#agent/host/files/errno.ts'

export interface RunningProcess {
  readonly pid: number
  /** comm: at most 15 characters. */
  readonly name: string
  readonly parent: number
  /** Whether it is one of the host's cannot be seen. */
  readonly isDoubtful?: boolean
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

/** The oldest process that calls itself so, whosever it is. */
export function findProcess(listed: Answer<readonly RunningProcess[]>, name: string): Answer<number> {
  if (listed.fate !== 'found') return listed
  const named = listed.value
    .filter((process) => process.name === name)
    .toSorted((a, b) => a.started - b.started)
  const oldest = named.find(({ isDoubtful }) => isDoubtful !== true)
  if (oldest !== undefined) return { fate: 'found', value: oldest.pid }
  if (named.length > 0)
    return { fate: 'denied', detail: `whether ${name} is a process of this host may not be seen` }
  return { fate: 'absent', detail: `no process named ${name} runs on this host` }
}

/**
 * The name is in parentheses, then come the state, the parent, 15 others, the number of threads, and the start as the 22nd:
 * proc_pid_stat(5). One that has ended, and whose parent has not looked yet, is none.
 */
function readProcess(procfs: string, pid: string): RunningProcess | null {
  try {
    const stat = readFileSync(`${procfs}/${pid}/stat`, 'utf8')
    const end = stat.lastIndexOf(')')
    const fields = stat.slice(end + 2).split(' ')
    if (hasEnded(fields)) return null
    const name = stat.slice(stat.indexOf('(') + 1, end)
    return { pid: Number(pid), name, parent: Number(fields[1]), started: startOf(stat) }
  } catch {
    return null
  }
}

/** Clock ticks since boot, from the text of /proc/<pid>/stat. */
export function startOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
}

/** Of a process whose first thread has ended, others may go on. */
function hasEnded([state = '', ...fields]: readonly string[]): boolean {
  return state === 'X' || (state === 'Z' && Number(fields[16]) <= 1)
}
