import { openSync, readlinkSync } from 'node:fs'
import type { Unanswered } from '#agent/model/question.ts'
import { unansweredErrno } from '#agent/host/files/errno.ts'

/** The host's mount namespace, in which programs run. It is held open, so that `file` never names another one. */
export interface MountNamespace {
  /** The kernel's name for it: "mnt:[4026531841]". */
  readonly id: string
  readonly file: string
}

/** @param place the folder of a held process */
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

/** The kernel's name of the mount namespace that a process is in now, or why it is unknown. */
export function mountNamespaceOf(place: string): string | Unanswered {
  try {
    return readlinkSync(`${place}/ns/mnt`)
  } catch (error) {
    return unansweredErrno(error, 'its mount namespace')
  }
}
