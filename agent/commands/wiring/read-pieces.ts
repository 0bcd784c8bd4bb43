import { read } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Bytes that are read at once. */
const size = 64 * 1024

/** Milliseconds before a pipe that another process made non-blocking is asked again. */
const pause = 10

/**
 * Reads a file, or stdin, to its end through one buffer: a stream would leave a buffer of each read to the garbage collector, which
 * is a hundred MiB before it comes. A piece lasts until the callback returns.
 */
export async function readPieces(file: string | null, next: (piece: Uint8Array) => void): Promise<void> {
  const handle = file === null ? null : await open(file)
  try {
    const buffer = Buffer.allocUnsafeSlow(size)
    for (let length = -1; length !== 0;) {
      length = await readSome(handle?.fd ?? 0, buffer)
      next(buffer.subarray(0, length))
    }
  } finally {
    await handle?.close()
  }
}

async function readSome(fd: number, buffer: Buffer): Promise<number> {
  for (;;) {
    try {
      return (await readOnce(fd, buffer, 0, buffer.length, null)).bytesRead
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      await sleep(pause)
    }
  }
}

const readOnce = promisify(read)
