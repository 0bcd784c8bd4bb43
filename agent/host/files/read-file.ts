import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  opendirSync,
  readSync,
  readdirSync,
  statfsSync,
} from 'node:fs'
import type { Stats, StatsFs } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Answer, FileStat, FileText, FolderNames, FolderText, Space } from '#agent/model/question.ts'
import { fateOfErrno } from './errno.ts'
import type { Resolved } from './resolve-path.ts'

/** Bytes of a file, unless the question sets another limit. */
const defaultLimit = 1024 * 1024
const mostNames = 100_000

const openFlags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | constants.O_NOFOLLOW

/**
 * Reads one regular file. Nothing else is ever opened: a FIFO would block, and a device may act on open (/dev/watchdog arms
 * the machine's reset).
 */
export function readText(root: string, { real, stat }: Resolved, limit = defaultLimit): Answer<FileText> {
  if (!stat.isFile()) return { fate: 'failed', detail: `${real} is a ${typeWord(stat)}, not a regular file` }
  if (stat.size > limit) return tooLarge(real, limit)
  try {
    const bytes = readBytes(root + real, stat, { most: limit + 1, fromEnd: false })
    if (bytes === null) return { fate: 'failed', detail: `${real} was replaced while it was read` }
    if (bytes.length > limit) return tooLarge(real, limit)
    return { fate: 'found', value: { text: decode(real, bytes, limit) } }
  } catch (error) {
    if (isBomb(error)) return tooLarge(real, limit)
    return fateOfErrno(error, real)
  }
}

/** The last bytes of a regular file, however large it is; nothing else is opened. */
export function readTail(root: string, { real, stat }: Resolved, most: number): Answer<Uint8Array> {
  if (!stat.isFile()) return { fate: 'failed', detail: `${real} is a ${typeWord(stat)}, not a regular file` }
  try {
    const bytes = readBytes(root + real, stat, { most, fromEnd: true })
    if (bytes === null) return { fate: 'failed', detail: `${real} was replaced while it was read` }
    return { fate: 'found', value: bytes }
  } catch (error) {
    return fateOfErrno(error, real)
  }
}

export function listNames(root: string, { real, stat }: Resolved, most?: number): Answer<FolderNames> {
  if (!stat.isDirectory())
    return { fate: 'failed', detail: `${real} is a ${typeWord(stat)}, not a directory` }
  try {
    const names = most === undefined ? readdirSync(root + real) : readSome(root + real, most)
    if (names.length > mostNames)
      return { fate: 'failed', detail: `${real} has more than ${mostNames} entries` }
    return { fate: 'found', value: { names: names.toSorted() } }
  } catch (error) {
    return fateOfErrno(error, real)
  }
}

function readSome(place: string, most: number): string[] {
  const folder = opendirSync(place)
  try {
    const names: string[] = []
    for (let entry = folder.readSync(); entry !== null && names.length < most; entry = folder.readSync())
      names.push(entry.name)
    return names
  } finally {
    folder.closeSync()
  }
}

/** Only a mount that may hang can block here, and a child asks those. */
export function spaceOf(root: string, { real }: Resolved): Answer<Space> {
  try {
    return { fate: 'found', value: spaceFrom(statfsSync(root + real)) }
  } catch (error) {
    return fateOfErrno(error, real)
  }
}

/** Counts blocks in fragments, as df(1) does: on NFS and FUSE, bsize is the preferred read size. statvfs(3) */
export function spaceFrom({ frsize, blocks, bavail, bfree, files, ffree }: Omit<StatsFs, 'type'>): Space {
  const [size, free, freeForRoot] = [blocks * frsize, bavail * frsize, bfree * frsize]
  return { size, free, freeForRoot, inodes: files, inodesFree: ffree }
}

export function statOf({ real, stat }: Resolved): FileStat {
  const { uid, gid, size } = stat
  return { type: typeOf(stat), mode: stat.mode & 0o7777, uid, gid, size, realPath: real }
}

export type ReadFolder = (path: string) => Answer<FileText>

/** Reads the named files of a folder, each with its own fate. */
export function readFolder(names: readonly string[], folder: string, read: ReadFolder): FolderText {
  const paths = names.map((name) => `${folder.replace(/\/$/, '')}/${name}`)
  const all = paths.map((path) => ({ path, answer: read(path) }))
  return {
    files: all.flatMap(({ path, answer }) =>
      answer.fate === 'found' ? [{ path, text: answer.value.text }] : [],
    ),
    unread: all.flatMap(({ path, answer }) => (isUnread(answer) ? [{ path, detail: answer.detail }] : [])),
  }
}

function isUnread(answer: Answer<FileText>): answer is Exclude<Answer<FileText>, { fate: 'found' }> {
  return answer.fate !== 'found' && answer.fate !== 'absent'
}

interface Part {
  readonly most: number
  readonly fromEnd: boolean
}

function readBytes(place: string, before: Stats, { most, fromEnd }: Part): Buffer | null {
  const handle = openSync(place, openFlags)
  try {
    const now = fstatSync(handle)
    if (!now.isFile() || now.ino !== before.ino || now.dev !== before.dev) return null
    const from = fromEnd ? Math.max(0, now.size - most) : 0
    return readUpTo(handle, { most, size: now.size - from, from })
  } finally {
    closeSync(handle)
  }
}

/** Reads until the end or the limit: files of /proc and /sys do not report their size, and of some only the start can be read. */
function readUpTo(
  handle: number,
  { most, size, from }: { most: number; size: number; from: number },
): Buffer {
  const chunks: Buffer[] = []
  let total = 0
  while (total < most) {
    const chunk = Buffer.allocUnsafe(Math.min(most - total, Math.max(size + 1, 16_384)))
    const count = readSync(handle, chunk, { position: from === 0 ? null : from + total })
    if (count === 0) break
    chunks.push(chunk.subarray(0, count))
    total += count
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

function decode(real: string, bytes: Buffer, limit: number): string {
  const plain = real.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: limit }) : bytes
  return plain.toString('utf8')
}

function isBomb(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
}

function tooLarge(real: string, limit: number): Answer<never> {
  return { fate: 'failed', detail: `${real} is larger than ${limit} bytes` }
}

function typeOf(stat: Stats): FileStat['type'] {
  if (stat.isDirectory()) return 'directory'
  if (stat.isCharacterDevice()) return 'char'
  if (stat.isBlockDevice()) return 'block'
  if (stat.isFIFO()) return 'fifo'
  return stat.isSocket() ? 'socket' : 'file'
}

const words = {
  file: 'regular file',
  directory: 'directory',
  char: 'character device',
  block: 'block device',
  fifo: 'FIFO',
  socket: 'socket',
} as const satisfies Record<FileStat['type'], string>

function typeWord(stat: Stats): string {
  return words[typeOf(stat)]
}
