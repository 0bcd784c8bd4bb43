import type { Answers } from '#agent/model/answers.ts'
import { unescapeOctal } from '#agent/needs/parts/octal-escapes.ts'
import { textOf } from './look.ts'

/** fstab(5) */
export interface FstabEntry {
  readonly source: string
  readonly point: string
  readonly type: string
  readonly options: readonly string[]
  /** The first is 1. */
  readonly line: number
}

/** None where there is no fstab; null when it cannot be read. */
export function fstabEntries(answers: Answers): readonly FstabEntry[] | null {
  const text = textOf('/etc/fstab', answers)
  if (text === null) return null
  return text.split('\n').flatMap((line, index) => {
    const [source = '', point, type, options = 'defaults'] = line.trim().split(/\s+/).map(unescapeOctal)
    if (source.startsWith('#') || point === undefined || type === undefined) return []
    return [{ source, point, type, options: options.split(','), line: index + 1 }]
  })
}
