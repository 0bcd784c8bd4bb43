import { readdirSync, readlinkSync } from 'node:fs'
import type { Unanswered } from '#agent/model/question.ts'
import { unansweredErrno } from '#agent/host/files/errno.ts'
import { holdProcess } from './held-process.ts'
import { openMountNamespace } from './mount-namespace.ts'
import type { MountNamespace } from './mount-namespace.ts'

/** Namespaces other than the mount namespace, by their names in /proc/<pid>/ns. */
export type NamespaceKind = (typeof namespaceKinds)[number]
const namespaceKinds = ['net', 'ipc', 'uts', 'pid', 'user'] as const

/** The host to ask: where its files are, and the mount namespace in which its programs run. */
export interface Target {
  /** The folder of the process through which we see the host. */
  readonly place: string
  /** Prefix of every path: "/proc/4711/root", or "" for our own. */
  readonly root: string
  readonly mountinfo: string
  /** The namespace to enter; null for our own. */
  readonly namespace: MountNamespace | Unanswered | null
  /** The files of its other namespaces, except those that we share. */
  readonly others: ReadonlyMap<NamespaceKind, string>
  readonly description: string
}

const ownTarget = {
  root: '',
  mountinfo: '/proc/self/mountinfo',
  namespace: null,
  others: new Map(),
  description: 'this machine',
} as const satisfies Omit<Target, 'place'>

/**
 * Opens the host that a process belongs to, and holds that process: a process that reuses its pid later is not the host.
 *
 * @param pid null for our own mount namespace, which is asked without nsenter
 */
export function openTarget(procfs: string, pid: number | null): Target | Unanswered {
  if (pid === null) return { ...ownTarget, place: `${procfs}/self` }
  const held = holdProcess(procfs, pid)
  if ('fate' in held) return { fate: held.fate, detail: `there is no process ${pid} of ${procfs}` }
  if (isSame(`${held.place}/ns/mnt`, '/proc/self/ns/mnt')) return { ...ownTarget, place: held.place }
  return {
    ...placesOf(held.place),
    namespace: openMountNamespace(held.place),
    others: othersOf(held.place),
    description: `process ${pid} of ${procfs}`,
  }
}

/** Where to find the files that a process sees. */
export function placesOf(place: string): Pick<Target, 'place' | 'root' | 'mountinfo'> {
  return { place, root: `${place}/root`, mountinfo: `${place}/mountinfo` }
}

/** Why the host cannot be entered or read; null when it can. */
export function testTarget(target: Target): Unanswered | null {
  const { namespace } = target
  const closed = namespace !== null && 'fate' in namespace ? namespace : readRoot(target.root)
  if (closed === null) return null
  return { fate: closed.fate, detail: `could not enter ${target.description} (${closed.detail})` }
}

function readRoot(root: string): Unanswered | null {
  try {
    readdirSync(`${root}/`)
    return null
  } catch (error) {
    return unansweredErrno(error, 'its root')
  }
}

function othersOf(place: string): ReadonlyMap<NamespaceKind, string> {
  const others = namespaceKinds.filter((kind) => !isSame(`${place}/ns/${kind}`, `/proc/self/ns/${kind}`))
  return new Map(others.map((kind) => [kind, `${place}/ns/${kind}`]))
}

/** A namespace that cannot be read counts as another one. */
function isSame(namespace: string, other: string): boolean {
  try {
    return readlinkSync(namespace) === readlinkSync(other)
  } catch {
    return false
  }
}
