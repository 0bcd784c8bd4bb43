import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { largestRound, longestUnusable } from '#agent/model/bounds.ts'
import type { Round } from '#agent/model/report.ts'
import { noMemory, readRound } from './read.ts'
import type { RoundRead } from './read.ts'
import { shortenLine } from './shorten.ts'
import { writeText } from './write.ts'
import type { RoundText } from './write.ts'

/** Numbers the temporary files, so that one left by a killed process is not in the way. */
let count = 0

/**
 * Hands a round to the other process, atomically: it is written to a new file, which must not exist nor be a link, and
 * renamed. Throws when it cannot be written (the disk is full). Parts that are too large are cut.
 */
export function writeRound(path: string, round: Round): Omit<RoundText, 'text'> {
  const { text, ...written } = writeText(round)
  count++
  const part = `${path}.${process.pid}.${count}`
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  const handle = openSync(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
  try {
    writeAndClose(handle, Buffer.from(text))
    renameSync(part, path)
    return written
  } catch (error) {
    unlinkSync(part)
    throw error
  }
}

/** Removes temporary files left by a killed process, since the volume is small. */
export function sweepParts(path: string): void {
  const [folder, name] = [dirname(path), basename(path)]
  for (const other of readdirSync(folder))
    if (other.startsWith(`${name}.`) && /^\d+\.\d+$/.test(other.slice(name.length + 1)))
      unlinkSync(join(folder, other))
}

/**
 * Reads what the other process wrote, and trusts nothing in it: it must be a regular file of limited size that matches the
 * schema. An unchanged check is the same object as in the previous read.
 */
export function openRoundFile(path: string): () => RoundRead {
  let before = noMemory
  return () => {
    const bytes = readBounded(path)
    if ('unusable' in bytes) return bytes
    try {
      const { memory = before, ...read } = readRound(bytes, before)
      before = memory
      return read
    } catch (error) {
      return { unusable: `the round file could not be read: ${explain(error)}` }
    }
  }
}

export function readRoundFile(path: string): RoundRead {
  return openRoundFile(path)()
}

function readBounded(path: string): Buffer | { readonly unusable: string } {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  try {
    const handle = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const stat = fstatSync(handle)
      if (!stat.isFile()) return { unusable: 'the round file is not a regular file' }
      if (stat.size > largestRound) return { unusable: `the round file is larger than ${largestRound} bytes` }
      return readFileSync(handle)
    } finally {
      closeSync(handle)
    }
  } catch (error) {
    return { unusable: `the round file could not be read: ${explain(error)}` }
  }
}

function writeAndClose(handle: number, bytes: Buffer): void {
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done)
  } finally {
    closeSync(handle)
  }
}

function explain(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT') return 'it does not exist; the prober has not written one yet'
  if (code === 'ELOOP') return 'it is a symbolic link'
  return shortenLine(error instanceof Error ? error.message : String(error), longestUnusable)
}
