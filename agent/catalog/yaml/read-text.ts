import { isUtf8 } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { Mistakes } from './mistake.ts'
import type { Mistake } from './mistake.ts'

/** Bytes; a ConfigMap has at most 1 MiB. */
const largest = 1024 * 1024

/** What people wrote into a file. Throws {@link Mistakes} when it cannot be read. */
export function readText(file: string): string {
  try {
    const stat = statSync(file)
    if (!stat.isFile()) throw new Error('it is not a regular file')
    if (stat.size > largest) throw new Error(`it is larger than ${largest} bytes`)
    const bytes = readFileSync(file)
    if (!isUtf8(bytes)) throw new Error('it is not UTF-8')
    return bytes.toString()
  } catch (error) {
    throw new Mistakes([unreadable(file, error)])
  }
}

export function unreadable(file: string, error: unknown): Mistake {
  const message = error instanceof Error ? error.message : String(error)
  return { file, line: 1, path: '', message: `could not be read: ${message}` }
}
