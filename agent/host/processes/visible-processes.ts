import { readlinkSync } from 'node:fs'
import type { Answer, Unanswered } from '#agent/model/question.ts'
import { unansweredErrno } from '#agent/host/files/errno.ts'
import type { RunningProcess } from './list-processes.ts'

/**
 * The processes that the target itself could see: those of its PID namespace and of the namespaces below it (its containers).
 * When the host is itself a container, the /proc that we read also shows the machine around it.
 *
 * The kernel reveals which namespaces lie below another only through ioctl_nsfs(2), but a process started in one has an
 * ancestor there.
 *
 * @param targetPid null when the target is where we are: its /proc shows only its own processes
 */
export function visibleProcesses(
  procfs: string,
  targetPid: number | null,
  listed: Answer<readonly RunningProcess[]>,
): Answer<readonly RunningProcess[]> {
  if (targetPid === null || targetPid === 1 || listed.fate !== 'found') return listed
  const own = readNamespace(procfs, targetPid)
  if (own.fate !== 'found') return own
  const parents = new Map(listed.value.map(({ pid, parent }) => [pid, parent]))
  const known = new Map<number, Place>([[0, 'outside']])
  const placeOf = (pid: number): Place => {
    const before = known.get(pid)
    if (before !== undefined) return before
    const seen = placeIn(own.value, readNamespace(procfs, pid))
    const place = seen !== 'inside' && placeOf(parents.get(pid) ?? 0) === 'inside' ? 'inside' : seen
    known.set(pid, place)
    return place
  }
  const value = listed.value.flatMap((process) => {
    const place = placeOf(process.pid)
    return place === 'outside' ? [] : [{ ...process, isDoubtful: place === 'closed' }]
  })
  return { fate: 'found', value }
}

/** `closed`: we may not see its namespace. */
type Place = 'inside' | 'outside' | 'closed'

function placeIn(own: string, namespace: Answer<string>): Place {
  if (namespace.fate === 'denied') return 'closed'
  return namespace.fate === 'found' && namespace.value === own ? 'inside' : 'outside'
}

function readNamespace(procfs: string, pid: number): { fate: 'found'; value: string } | Unanswered {
  const path = `${procfs}/${pid}/ns/pid`
  try {
    return { fate: 'found', value: readlinkSync(path) }
  } catch (error) {
    return unansweredErrno(error, path)
  }
}
