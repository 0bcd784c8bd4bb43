import type { Metafile } from 'esbuild'
import { readLock } from './lock.ts'
import type { Locked } from './lock.ts'

/** An npm package of which something is in a bundle. */
export interface BundledPackage extends Locked {
  readonly name: string
  /** From the top of the clone: `node_modules/zod`. */
  readonly folder: string
}

/** By what a bundle was made of; sorted by folder. Bundled is far less than is installed. */
export function bundledPackages(inputs: Metafile['inputs']): BundledPackage[] {
  const lock = readLock()
  const folders = new Set(Object.keys(inputs).flatMap((path) => folderOf(path) ?? []))
  return [...folders].toSorted().map((folder) => {
    const locked = lock[folder]
    if (locked === undefined) throw new Error(`the lock file has no ${folder}`)
    return {
      ...locked,
      folder,
      name: folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length),
    }
  })
}

/** The innermost package that a file is in, from the outermost node_modules, which may be a link; null for our own. */
function folderOf(path: string): string | null {
  return /(?<=^|\/)node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? null
}
