import { stripVTControlCharacters } from 'node:util'
import type { LineReader } from './line-reader.ts'

interface Monitored {
  /** Resolves when the emulator ends. */
  readonly ended: Promise<unknown>
  readonly monitor: LineReader
}

/** By QEMU's monitor, which repeats what it is told and says the rest of it in lines: an error, or nothing. */
export async function order({ monitor, ended }: Monitored, words: string): Promise<void> {
  monitor.write(`${words}\ninfo name\n`)
  const said: string[] = []
  for (;;) {
    const line = await Promise.race([monitor.next(), ended.then(String).then(Error)])
    if (line instanceof Error) throw line
    said.push(line)
    if (!/^\(qemu\).*info name/.test(stripVTControlCharacters(line))) continue
    const errors = said.filter((one) => one.startsWith('Error'))
    if (errors.length > 0) throw new Error(errors.join('\n'))
    return
  }
}
