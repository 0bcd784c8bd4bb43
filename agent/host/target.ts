import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs'
import type { Unanswered } from '../model/question.ts'
import { fateOfErrno } from './errno.ts'

/** Namespaces besides that of mounts, as they are named in /proc/<pid>/ns. */
export type NamespaceKind = (typeof namespaceKinds)[number]
const namespaceKinds = ['net', 'ipc', 'uts', 'pid', 'user'] as const

/** One mount namespace that is asked: where its files are, and what a program is run with to run in it. */
export interface Target {
  /** Before every path: "/proc/4711/root", or "" for our own. */
  readonly root: string
  readonly mountinfo: string
  /** The namespace to enter; null for our own. */
  readonly namespace: string | null
  /** The files of its other namespaces that are not ours as well. */
  readonly others: ReadonlyMap<NamespaceKind, string>
  readonly description: string
}

const ownTarget: Target = {
  root: '',
  mountinfo: '/proc/self/mountinfo',
  namespace: null,
  others: new Map(),
  description: 'this machine',
}

/** @param pid the process whose mount namespace is the host; null for our own, without nsenter */
export function targetOf(procfs: string, pid: number | null): Target {
  if (pid === null || isOwn(procfs, pid)) {
    return ownTarget
  }
  const place = `${procfs}/${pid}`
  return {
    root: `${place}/root`,
    mountinfo: `${place}/mountinfo`,
    namespace: `${place}/ns/mnt`,
    others: othersOf(place),
    description: `process ${pid} of ${procfs}`,
  }
}

/** Whether the host can be entered and read at all; null when it can. */
export function testTarget(target: Target): Unanswered | null {
  try {
    readdirSync(`${target.root}/`)
    if (target.namespace !== null) closeSync(openSync(target.namespace, 'r'))
    return null
  } catch (error) {
    const answer = fateOfErrno(error, target.root || '/')
    if (answer.fate === 'absent') return { fate: 'failed', detail: `there is no ${target.description}` }
    return { fate: answer.fate, detail: `${target.description} cannot be entered (${answer.detail})` }
  }
}

function othersOf(place: string): ReadonlyMap<NamespaceKind, string> {
  const others = namespaceKinds.filter((kind) => !isSame(`${place}/ns/${kind}`, `/proc/self/ns/${kind}`))
  return new Map(others.map((kind) => [kind, `${place}/ns/${kind}`]))
}

function isOwn(procfs: string, pid: number): boolean {
  return isSame(`${procfs}/${pid}/ns/mnt`, '/proc/self/ns/mnt')
}

/** What cannot be read counts as another one. */
function isSame(namespace: string, other: string): boolean {
  try {
    return readlinkSync(namespace) === readlinkSync(other)
  } catch {
    return false
  }
}
