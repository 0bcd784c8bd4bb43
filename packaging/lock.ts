import { readFileSync } from 'node:fs'

/** What the lock file says of a package. */
export interface Locked {
  readonly version: string
  readonly integrity: string
  readonly license?: string
}

/** By the folder from the top: `node_modules/zod`. */
export function readLock(): Readonly<Record<string, Locked>> {
  const { packages }: { packages: Record<string, Locked> } = JSON.parse(
    readFileSync('package-lock.json', 'utf8'),
  )
  return packages
}
