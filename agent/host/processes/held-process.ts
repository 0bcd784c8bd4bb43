import { closeSync, constants, openSync } from 'node:fs'
import type { Unanswered } from '#agent/model/question.ts'
import { unansweredErrno } from '#agent/host/files/errno.ts'

/** A process held by an open descriptor of its /proc/<pid>. */
export interface HeldProcess {
  readonly pid: number
  /** The folder of the process. Once the process has ended it leads nowhere, even if its pid was reused. */
  readonly place: string
  release(): void
}

/** Opens a process. Its path goes through our own /proc, so that programs that we start can follow it too. */
export function holdProcess(procfs: string, pid: number): HeldProcess | Unanswered {
  const folder = `${procfs}/${pid}`
  try {
    const handle = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
    return { pid, place: `/proc/${process.pid}/fd/${handle}`, release: () => closeSync(handle) }
  } catch (error) {
    return unansweredErrno(error, folder)
  }
}
