import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs'
import type { Unanswered } from '../model/question.ts'
import { fateOfErrno } from './errno.ts'

/** One mount namespace that is asked: where its files are, and what a program is run with to run in it. */
export interface Target {
  /** Before every path: "/proc/4711/root", or "" for our own. */
  readonly root: string
  readonly mountinfo: string
  /** The namespace to enter; null for our own. */
  readonly namespace: string | null
  readonly description: string
}

/** @param pid the process whose mount namespace is the host; null for our own, without nsenter */
export function targetOf(procfs: string, pid: number | null): Target {
  if (pid === null || isOwn(procfs, pid)) {
    return { root: '', mountinfo: '/proc/self/mountinfo', namespace: null, description: 'this machine' }
  }
  const place = `${procfs}/${pid}`
  return {
    root: `${place}/root`,
    mountinfo: `${place}/mountinfo`,
    namespace: `${place}/ns/mnt`,
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

function isOwn(procfs: string, pid: number): boolean {
  try {
    return readlinkSync(`${procfs}/${pid}/ns/mnt`) === readlinkSync('/proc/self/ns/mnt')
  } catch {
    return false
  }
}
