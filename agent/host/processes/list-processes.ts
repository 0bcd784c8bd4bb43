import { readFileSync, readdirSync } from 'node:fs'
import type { Answer } from '#agent/model/question.ts'
import { unansweredErrno } from '#agent/host/files/errno.ts'

export interface RunningProcess {
  readonly pid: number
  /** comm: at most 15 characters. */
  readonly name: string
  readonly parent: number
  /** True when we may not see whether it is the host's. */
  readonly isDoubtful?: boolean
  /** Clock ticks since boot. */
  readonly started: number
}

/** Lists all visible processes. Since pids change, it is called once for each set of questions. */
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

/** Finds the oldest process with this name, whoever owns it. */
export function findProcess(listed: Answer<readonly RunningProcess[]>, name: string): Answer<number> {
  if (listed.fate !== 'found') return listed
  const named = listed.value
    .filter((process) => process.name === name)
    .toSorted((a, b) => a.started - b.started)
  const oldest = named.find(({ isDoubtful }) => isDoubtful !== true)
  if (oldest !== undefined) return { fate: 'found', value: oldest.pid }
  if (named.length > 0)
    return { fate: 'denied', detail: `not allowed to see whether ${name} is a process of this host` }
  return { fate: 'absent', detail: `no process named ${name} runs on this host` }
}

/**
 * Parses proc_pid_stat(5): the name is in parentheses, then come the state, the parent, 15 other fields, the number of threads,
 * and the start time as the 22nd. A zombie does not count.
 */
function readProcess(procfs: string, pid: string): RunningProcess | null {
  try {
    const stat = readFileSync(`${procfs}/${pid}/stat`, 'utf8')
    const end = stat.lastIndexOf(')')
    const fields = fieldsOf(stat)
    if (hasEnded(fields)) return null
    const name = stat.slice(stat.indexOf('(') + 1, end)
    return { pid: Number(pid), name, parent: Number(fields[1]), started: Number(fields[19]) }
  } catch {
    return null
  }
}

/** Clock ticks since boot, from the text of /proc/<pid>/stat. */
export function startOf(stat: string): number {
  return Number(fieldsOf(stat)[19])
}

/** Those after the name, as far as any of them is asked for. */
function fieldsOf(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ', 20)
}

/** A process whose first thread has ended may have others that still run. */
function hasEnded([state = '', ...fields]: readonly string[]): boolean {
  return state === 'X' || (state === 'Z' && Number(fields[16]) <= 1)
}
