import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A short name for what is made of these: another when one of them is another. */
export function keyOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12)
}

/** The names and contents of a file, or of all files of a folder. */
export function contentsOf(place: string): string[] {
  if (statSync(place).isFile()) return [place, readFileSync(place, 'utf8')]
  const names = readdirSync(place).toSorted()
  return names.flatMap((name) => contentsOf(join(place, name)))
}
