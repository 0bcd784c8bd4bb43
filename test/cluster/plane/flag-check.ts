import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Own checks that are ready while a file is there: the change of a host, of which nothing else changes. */
export interface Flags {
  /** The text of a check of this flag. */
  check(name: string): string
  set(name: string): void
  clear(name: string): void
  remove(): void
}

export function makeFlags(): Flags {
  const folder = mkdtempSync(join(tmpdir(), `hostdeps-flags-${process.pid}-`))
  const path = (name: string) => join(folder, name)
  return {
    check: (name) =>
      `title: The flag ${name}\nwhy: So that a test can turn it.\nneeds:\n  - file: ${path(name)}\nfix:\n  all: { note: Make the file. }\n`,
    set: (name) => writeFileSync(path(name), ''),
    clear: (name) => rmSync(path(name), { force: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
