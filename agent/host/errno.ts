import { getSystemErrorMessage } from 'node:util'
import type { Answer } from '../model/question.ts'

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

function words(error: NodeJS.ErrnoException): string {
  const known = error.errno === undefined ? undefined : getSystemErrorMessage(error.errno)
  return known ?? error.code ?? error.message
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}
