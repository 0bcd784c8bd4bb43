import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getAsset, isSea } from 'node:sea'

/** Whether this runs out of the executable that `npm run release` makes: Node.js, the code and what ships with it, in one file. */
export const isExecutable = isSea()

/** In the executable alone: the code of agent/commands/wiring/explain/explain-worker.ts, which is a script of its own elsewhere. */
export const explainWorkerFile = 'explain-worker.cjs'

/**
 * The folder above all that ships: the code in the sources and in the bundle, as deep in both. In the executable, where nothing
 * lies in a folder, its own path: no other file can have a name below that.
 */
const top = isExecutable ? process.execPath : join(import.meta.dirname, '../..')

/** Where a file that ships is, as messages name it. */
export function shippedPath(name: string): string {
  return join(top, name)
}

/** @param name from the top, such as `checks/values.json`. Throws when it does not ship. */
export function readShippedFile(name: string): string {
  return isExecutable ? getAsset(name, 'utf8') : readFileSync(shippedPath(name), 'utf8')
}

/** The text of what ships only with the bundle and the executable; null in the sources. */
export function readBuiltFile(name: string): string | null {
  return isExecutable || existsSync(shippedPath(name)) ? readShippedFile(name) : null
}
