import { readFileSync, readlinkSync } from 'node:fs'
import type { Answer } from '#agent/model/question.ts'
import type { RunningProcess } from './list-processes.ts'
import { holdProcess } from './held-process.ts'
import type { HeldProcess } from './held-process.ts'

/** Where to look for a host's processes. */
export interface ProcessView {
  readonly procfs: string
  /** The folder of the process through which we see the host: the host's own processes share its namespaces. */
  readonly target: string
  readonly listed: Answer<readonly RunningProcess[]>
}

/**
 * Whose process it is. A process in any pod chooses its own name, so this classification makes answers right but is no reason
 * for trust: we neither run nor read what we find here.
 *
 * - `host`: all four uids are root's, it is in the user and PID namespaces of the target, and in no pod's cgroup.
 * - `pod`: the same, but the name of its cgroup is that of a pod.
 * - `other`: a user's, or a container's.
 * - `closed`: we may not read what would decide it.
 */
export type Standing = 'host' | 'pod' | 'other' | 'closed'

/** The processes of one name, as far as they were examined. */
interface Sorted {
  readonly oldest: HeldProcess | null
  readonly others: ReadonlySet<Standing>
}

/**
 * Finds the oldest process of the host with this name, so that its forks do not count. `absent` when every process with this
 * name is a user's or a container's. The caller releases it.
 */
export function findHostProcess(view: ProcessView, name: string): Answer<HeldProcess> {
  const { listed } = view
  if (listed.fate !== 'found') return listed
  const named = listed.value.filter((process) => process.name === name)
  const { oldest, others } = sortOut(view, { name, named: named.toSorted((a, b) => a.started - b.started) })
  if (oldest !== null) return { fate: 'found', value: oldest }
  if (others.has('closed'))
    return { fate: 'denied', detail: `not allowed to see whether ${name} is a process of this host` }
  if (others.has('pod'))
    return { fate: 'failed', detail: `${name} runs only in a pod, judging by the name of its cgroup` }
  const elsewhere = others.has('other') ? '; one with this name belongs to a user or a container' : ''
  return { fate: 'absent', detail: `no process of this host is named ${name}${elsewhere}` }
}

function sortOut(
  view: ProcessView,
  { name, named }: { name: string; named: readonly RunningProcess[] },
): Sorted {
  const others = new Set<Standing>()
  for (const { pid } of named) {
    const held = holdProcess(view.procfs, pid)
    if ('fate' in held) {
      if (held.fate === 'denied') others.add('closed')
      continue
    }
    const standing = isNamed(held, name) ? standingOf(view.target, held.place) : null
    if (standing === 'host') return { oldest: held, others }
    held.release()
    if (standing !== null) others.add(standing)
  }
  return { oldest: null, others }
}

/** Its pid may have been reused since it was listed. */
function isNamed({ place }: HeldProcess, name: string): boolean {
  try {
    return readFileSync(`${place}/comm`, 'utf8') === `${name}\n`
  } catch {
    return false
  }
}

/** null when the process has ended. */
export function standingOf(target: string, place: string): Standing | null {
  try {
    if (!hasRootAlone(readFileSync(`${place}/status`, 'utf8'))) return 'other'
    if (!['user', 'pid'].every((kind) => isShared(target, place, kind))) return 'other'
    const [own, cgroup] = [target, place].map((folder) => readFileSync(`${folder}/cgroup`, 'utf8'))
    return isOfPod(cgroup ?? '', own ?? '') ? 'pod' : 'host'
  } catch (error) {
    return isGone(error) ? null : 'closed'
  }
}

/** ENOENT and ESRCH mean that the process has ended. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')
}

/** Real, effective, saved and file system uid; a set-uid program run by a user has only the last three. proc_pid_status(5) */
function hasRootAlone(status: string): boolean {
  return /^Uid:(\s+0){4}$/m.test(status)
}

/** A kernel built without user namespaces has no such file for any process. */
function isShared(target: string, place: string, kind: string): boolean {
  const own = readNamespace(target, kind)
  return own === null || own === readlinkSync(`${place}/ns/${kind}`)
}

function readNamespace(place: string, kind: string): string | null {
  try {
    return readlinkSync(`${place}/ns/${kind}`)
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

/**
 * How container runtimes name pods' cgroups. It is matched below the target's own cgroup, since a host may be a container.
 * https://kubernetes.io/docs/concepts/architecture/cgroups/
 */
const podCgroup = /(^|\/)(kubepods|k8s\.io\/|cri-containerd-|crio-|pod[0-9a-f]{8}[-_])/

export function isOfPod(cgroup: string, target: string): boolean {
  const own = pathsOf(target)
  return [...pathsOf(cgroup)].some(([hierarchy, path]) =>
    podCgroup.test(below(path, own.get(hierarchy) ?? '/')),
  )
}

/** The path by hierarchy: `4:memory:/system.slice/kubelet.service`, or `0::/…` in the unified one. cgroups(7) */
function pathsOf(cgroup: string): ReadonlyMap<string, string> {
  const lines = cgroup.split('\n').map((line) => /^(\d+):[^:]*:(.*)$/.exec(line) ?? [])
  return new Map(
    lines.flatMap(([, id, path]) => (id === undefined || path === undefined ? [] : [[id, path]])),
  )
}

/** The path after the components that it shares with the other one. */
function below(path: string, other: string): string {
  const [parts, others] = [path.split('/'), other.split('/')]
  const differ = parts.findIndex((part, index) => part !== others[index])
  return differ === -1 ? '' : parts.slice(differ).join('/')
}
