import { readFileSync, readlinkSync } from 'node:fs'
import type { Answer } from '#agent/model/question.ts'
import type { RunningProcess } from './list-processes.ts'
import { holdProcess } from './held-process.ts'
import type { HeldProcess } from './held-process.ts'

/** Where the processes of a host are looked for. */
export interface ProcessView {
  readonly procfs: string
  /** The folder of the process through which the host is seen: what is the host's has its namespaces. */
  readonly target: string
  readonly listed: Answer<readonly RunningProcess[]>
}

/**
 * Which process of a name is the host's. A name is whatever a process says of itself, in any pod; this makes answers right
 * and is no ground to trust: what is found here is neither run nor read.
 *
 * - `host`: root by all four of its uids, in the user and the PID namespace of the target, and in no pod's cgroup.
 * - `pod`: the same, but for its cgroup, which is told by its name alone.
 * - `other`: a user's, or a container's.
 * - `closed`: what would tell may not be read.
 */
export type Standing = 'host' | 'pod' | 'other' | 'closed'

/** Processes of one name, as far as they were looked at. */
interface Sorted {
  readonly oldest: HeldProcess | null
  readonly others: ReadonlySet<Standing>
}

/**
 * The oldest process of the host with this name, so that its forks do not count. `absent` when all that call themselves so
 * are a user's or a container's. Whoever asks releases it.
 */
export function findHostProcess(view: ProcessView, name: string): Answer<HeldProcess> {
  const { listed } = view
  if (listed.fate !== 'found') return listed
  const named = listed.value.filter((process) => process.name === name)
  const { oldest, others } = sortOut(view, { name, named: named.toSorted((a, b) => a.started - b.started) })
  if (oldest !== null) return { fate: 'found', value: oldest }
  if (others.has('closed'))
    return { fate: 'denied', detail: `whether ${name} is a process of this host may not be seen` }
  if (others.has('pod'))
    return { fate: 'failed', detail: `${name} runs in a pod alone, as far as its cgroup tells` }
  const elsewhere = others.has('other') ? '; one that calls itself so is of a user or a container' : ''
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

/** Since it was listed, its pid may have been given to another. */
function isNamed({ place }: HeldProcess, name: string): boolean {
  try {
    return readFileSync(`${place}/comm`, 'utf8') === `${name}\n`
  } catch {
    return false
  }
}

/** null of a process that has ended meanwhile. */
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

/** ENOENT and ESRCH: it has ended. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')
}

/** Real, effective, saved and file system uid: a set-uid program that a user runs has but the last three. proc_pid_status(5) */
function hasRootAlone(status: string): boolean {
  return /^Uid:(\s+0){4}$/m.test(status)
}

/** A kernel that was built without user namespaces has none to read, of any process. */
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
 * How container runtimes name the cgroups of pods; below what is the target's own, since a host may be a container itself.
 * https://kubernetes.io/docs/concepts/architecture/cgroups/
 */
const podCgroup = /(^|\/)(kubepods|k8s\.io\/|cri-containerd-|crio-|pod[0-9a-f]{8}[-_])/

export function isOfPod(cgroup: string, target: string): boolean {
  const own = pathsOf(target)
  return [...pathsOf(cgroup)].some(([hierarchy, path]) =>
    podCgroup.test(below(path, own.get(hierarchy) ?? '/')),
  )
}

/** The path in each hierarchy: `4:memory:/system.slice/kubelet.service`, and `0::/…` in the unified one. cgroups(7) */
function pathsOf(cgroup: string): ReadonlyMap<string, string> {
  const lines = cgroup.split('\n').map((line) => /^(\d+):[^:]*:(.*)$/.exec(line) ?? [])
  return new Map(
    lines.flatMap(([, id, path]) => (id === undefined || path === undefined ? [] : [[id, path]])),
  )
}

/** What of a path is not on the way to the other one. */
function below(path: string, other: string): string {
  const [parts, others] = [path.split('/'), other.split('/')]
  const differ = parts.findIndex((part, index) => part !== others[index])
  return differ === -1 ? '' : parts.slice(differ).join('/')
}
