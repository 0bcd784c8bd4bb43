import { readFileSync } from 'node:fs'

/** A process as no other is named: its pid and when it started, since pids are given anew. Null when it is gone. */
export function identify(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22; the name in field 2 may hold spaces and brackets. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? null : `${pid} ${rest[18]}`
  } catch {
    return null
  }
}

export function isAlive(identity: string): boolean {
  return identify(Number.parseInt(identity, 10)) === identity
}

/** SIGKILL, to the very process that was written down and no later one with its pid. */
export function killIdentified(identity: string): void {
  try {
    if (isAlive(identity)) process.kill(Number.parseInt(identity, 10), 'SIGKILL')
  } catch {
    // It ended in between.
  }
}
