import { execa } from 'execa'
import pLimit from 'p-limit'
import { hostPath } from '#agent/host/files/host-path.ts'

/** Reads files, any of which may block whoever reads it for good. */
export interface Readers {
  /**
   * Their texts in a row, without what cannot be read; null when they do not come in time, are too long, or when too many
   * processes are stuck already.
   */
  read(paths: readonly string[]): Promise<string | null>
  /** Processes that were killed while they read and are still there. */
  stuck(): number
  /** Processes that were ever started. */
  started(): number
}

/** A process that reads files; it ends when it has read them, or is killed. */
export interface Reading {
  /** null when they are too long. */
  readonly text: Promise<string | null>
  kill(): void
}

/** Milliseconds, and nobody waits for it: what does not block is there within a second, on the busiest machine. */
const longestRead = 10_000

/** Processes that read at a time. */
const atOnce = 8

/** Stuck processes at which no more are started: each holds a pid and half a megabyte. */
export const mostStuck = 16

/** Bytes of a file; what is beyond is not read. An environment of more takes a larger stack than the usual 8 MiB. */
const mostOfFile = 2 * 1024 * 1024

/** Bytes of all files that are read together. */
const mostRead = 2 * mostOfFile

/**
 * Reads files in a process of its own each time. A read that never ends would hold one of the four threads with which we read
 * files ourselves, while a process that hangs in it can be left behind. The same is not read by two at a time: who asks for it
 * meanwhile gets the same answer, so what is stuck is not tried again.
 */
export function createReaders(
  start: (paths: readonly string[]) => Reading = startHead,
  longest = longestRead,
): Readers {
  const reading = new Map<string, Promise<string | null>>()
  const killed = new Set<string>()
  const limit = pLimit(atOnce)
  let started = 0

  const begin = (key: string, paths: readonly string[]): Promise<string | null> => {
    started++
    const { text, kill } = start(paths)
    const ended = text.finally(() => [reading, killed].forEach((keys) => keys.delete(key)))
    const timer = Promise.withResolvers<null>()
    const late = setTimeout(() => {
      killed.add(key)
      kill()
      timer.resolve(null)
    }, longest)
    return Promise.race([ended, timer.promise]).finally(() => clearTimeout(late))
  }
  const read = (paths: readonly string[]): Promise<string | null> => {
    const key = paths.join(' ')
    const before = reading.get(key)
    if (before !== undefined) return before
    if (killed.size >= mostStuck) return Promise.resolve(null)
    const text = begin(key, paths)
    reading.set(key, text)
    return text
  }
  return { read: (paths) => limit(() => read(paths)), stuck: () => killed.size, started: () => started }
}

/** head(1) is in the agent's image, and starts in a millisecond. If we end before it does, it is ended too. */
function startHead(paths: readonly string[]): Reading {
  const head = execa('head', ['-q', '-c', String(mostOfFile), '--', ...paths], {
    cwd: '/',
    env: { PATH: hostPath.join(':') },
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'ignore',
    encoding: 'latin1',
    stripFinalNewline: false,
    maxBuffer: mostRead,
    reject: false,
    killSignal: 'SIGKILL',
  })
  return {
    text: head.then(({ isMaxBuffer, stdout }) => (isMaxBuffer ? null : stdout)),
    kill: () => head.kill('SIGKILL'),
  }
}
