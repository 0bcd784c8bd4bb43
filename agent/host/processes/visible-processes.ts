import { readlinkSync } from 'node:fs'
import type { Answer, Unanswered } from '#agent/model/question.ts'
import { unansweredErrno } from '#agent/host/files/errno.ts'
import type { RunningProcess } from './list-processes.ts'

/**
 * Those processes that the target itself could see: of its own PID namespace, and of those below it (its containers). A host
 * that is a container itself shares the /proc that is read with the machine around it.
 *
 * The kernel tells which namespaces lie below another only by ioctl_nsfs(2); but what was started in one has an ancestor
 * there.
 *
 * @param targetPid null when the target is where we are, whose /proc shows just its own
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

/** `closed`: its namespace may not be seen. */
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
