import { getSystemErrorMessage } from 'node:util'
import type { Answer, Unanswered } from '#agent/model/question.ts'

/** Any fate but "found". */
export type Refused = Exclude<Answer<never>, { fate: 'found' }>

/** Turns a refused system call (or a .gz that is none) into its fate; what is no such error is our own bug and thrown on. */
export function fateOfErrno(error: unknown, path: string): Refused {
  if (!isErrno(error)) throw error
  const detail = `${path}: ${words(error)}`
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return { fate: 'absent', detail }
  if (error.code === 'EACCES' || error.code === 'EPERM') return { fate: 'denied', detail }
  return { fate: 'failed', detail }
}

/** As {@link fateOfErrno}, for what every host has: that it is not there proves nothing. */
export function unansweredErrno(error: unknown, path: string): Unanswered {
  const { fate, detail } = fateOfErrno(error, path)
  return { fate: fate === 'absent' ? 'failed' : fate, detail }
}

function words(error: NodeJS.ErrnoException): string {
  // The numbers of zlib's errors are others than the system's.
  const { syscall, errno, message } = error
  const known = syscall === undefined || errno === undefined ? undefined : getSystemErrorMessage(errno)
  return known ?? message
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}
