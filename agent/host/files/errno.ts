import { getSystemErrorMessage } from 'node:util'
import type { Answer, Unanswered } from '#agent/model/question.ts'

/** Any fate but "found". */
export type Refused = Exclude<Answer<never>, { fate: 'found' }>

/** Turns a failed system call (or an invalid .gz) into its fate. Any other error is our own bug and is rethrown. */
export function fateOfErrno(error: unknown, path: string): Refused {
  if (!isErrno(error)) throw error
  const detail = `${path}: ${words(error)}`
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return { fate: 'absent', detail }
  if (error.code === 'EACCES' || error.code === 'EPERM') return { fate: 'denied', detail }
  return { fate: 'failed', detail }
}

/** Like {@link fateOfErrno}, for what every host has: its absence proves nothing. */
export function unansweredErrno(error: unknown, path: string): Unanswered {
  const { fate, detail } = fateOfErrno(error, path)
  return { fate: fate === 'absent' ? 'failed' : fate, detail }
}

function words(error: NodeJS.ErrnoException): string {
  // zlib's error numbers are not the system's.
  const { syscall, errno, message } = error
  const known = syscall === undefined || errno === undefined ? undefined : getSystemErrorMessage(errno)
  return known ?? message
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}
