import { fstatSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'

type Stream = NodeJS.WriteStream & { readonly fd: number }

/** Tracks whether output was written. */
export interface Output {
  /** Waits for slow readers, whose output an exit would truncate. Resolves with false when some was lost. */
  written(): Promise<boolean>
}

/**
 * Watches stdout and stderr: a failed write (a full disk) is reported once on stderr and does not end the process. A reader
 * that is gone (`| head`) has what it wanted, and is no error.
 */
export function watchOutput(): Output {
  const streams: Stream[] = [process.stdout, process.stderr]
  /** The first error of each stream: later writes fail with other errors. */
  const errors = new Map<Stream, string>()
  const fail = (stream: Stream, { code = '', message }: NodeJS.ErrnoException) => {
    if (errors.has(stream)) return
    errors.set(stream, code)
    if (stream === process.stdout && code !== 'EPIPE')
      process.stderr.write(`hostdeps: could not write to stdout: ${message}\n`)
  }
  for (const stream of streams) {
    if (isFile(stream.fd)) writeWhole(stream, (error) => fail(stream, error))
    stream.on('error', (error) => fail(stream, error))
  }
  return {
    async written() {
      // Stdout first: its errors go to stderr.
      for (const stream of streams) await flushed(stream)
      return [...errors.values()].every((code) => code === 'EPIPE')
    },
  }
}

/** A file or a device, not a terminal, pipe or socket. */
function isFile(fd: number): boolean {
  const stat = fstatSync(fd)
  return stat.isFile() || (stat.isCharacterDevice() && !isatty(fd))
}

/**
 * Writes chunks completely. Node.js writes to a file once and ignores a partial write: the rest would be lost without an error.
 * After an error it would never write again, though an agent's log may find room later.
 */
function writeWhole(stream: Stream, fail: (error: Error) => void): void {
  stream._write = (chunk: Buffer, _encoding, done) => {
    try {
      for (let from = 0; from < chunk.length;) from += writeSync(stream.fd, chunk, from)
    } catch (error) {
      fail(error as Error)
    }
    done()
  }
}

async function flushed(stream: Stream): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  stream.once('error', () => resolve())
  stream.write('', () => resolve())
  await promise
}
