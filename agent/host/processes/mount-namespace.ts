import { openSync, readlinkSync } from 'node:fs'
import type { Unanswered } from '#agent/model/question.ts'
import { unansweredErrno } from '#agent/host/files/errno.ts'

/** The mount namespace of the host, which programs are run in. It is kept open, so that `file` never names another. */
export interface MountNamespace {
  /** As the kernel names it: "mnt:[4026531841]". */
  readonly id: string
  readonly file: string
}

/** @param place the folder of a process that is held */
export function openMountNamespace(place: string): MountNamespace | Unanswered {
  const link = `${place}/ns/mnt`
  try {
    const handle = openSync(link, 'r')
    const file = `/proc/${process.pid}/fd/${handle}`
    return { id: readlinkSync(file), file }
  } catch (error) {
    return unansweredErrno(error, 'its mount namespace')
  }
}

/** The name of the mount namespace that a process is in now; why it cannot be told otherwise. */
export function mountNamespaceOf(place: string): string | Unanswered {
  try {
    return readlinkSync(`${place}/ns/mnt`)
  } catch (error) {
    return unansweredErrno(error, 'its mount namespace')
  }
}
