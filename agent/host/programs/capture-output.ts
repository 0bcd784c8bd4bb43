import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'

export interface Captured {
  /** Resolves when no more output can come. */
  readonly closed: Promise<true>
  text(): { stdout: string; stderr: string; truncated: boolean }
  /** Stops reading; whoever still writes gets SIGPIPE. */
  stop(): void
}

/** Bytes kept of each stream; the rest is read and discarded. */
const mostOutput = 4 * 1024 * 1024

/** Collects a child's output up to a limit; nothing blocks on it. */
export function captureOutput({ stdout, stderr }: Pick<ChildProcess, 'stdout' | 'stderr'>): Captured {
  const streams = [stdout, stderr].map((stream) => captureStream(stream))
  const [out, err] = streams
  return {
    closed: Promise.all(streams.map((stream) => stream.closed)).then(() => true as const),
    text: () => ({
      stdout: out?.text() ?? '',
      stderr: err?.text() ?? '',
      truncated: streams.some((stream) => stream.isTruncated()),
    }),
    stop: () => streams.forEach((stream) => stream.stop()),
  }
}

function captureStream(stream: Readable | null | undefined) {
  const chunks: Buffer[] = []
  let total = 0
  stream?.on('data', (chunk: Buffer) => {
    const room = mostOutput - total
    total += chunk.length
    if (room > 0) chunks.push(chunk.subarray(0, room))
  })
  stream?.on('error', () => {})
  return {
    closed: new Promise<void>((resolve) => {
      if (stream) stream.once('close', resolve)
      else resolve()
    }),
    text: () => Buffer.concat(chunks).toString('utf8'),
    isTruncated: () => total > mostOutput,
    stop: () => stream?.destroy(),
  }
}
