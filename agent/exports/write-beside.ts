import { randomUUID } from 'node:crypto'
import { lstat, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** A file that a killed process left is removed after so long, milliseconds: nobody writes for an hour. */
const leftAfter = 3_600_000

/**
 * Whoever reads the file sees the old one or the new one whole: it is written under a name that nobody else writes or reads, and
 * renamed. That name must not exist, so that nothing is written through a link.
 */
export async function writeBeside(path: string, text: string): Promise<void> {
  const part = partOf(path)
  try {
    await writeNew(part, text)
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** Rejects where such a file could not be written. What killed processes left is removed. */
export async function tryBeside(path: string): Promise<void> {
  const part = partOf(path)
  try {
    await writeNew(part, '')
  } finally {
    await rm(part, { force: true })
  }
  const there = await lstat(path).catch(() => null)
  if (there?.isDirectory() === true) throw new Error(`${path} is a folder`)
  await sweep(path)
}

async function sweep(path: string): Promise<void> {
  const folder = dirname(path)
  const parts = (await readdir(folder)).filter(
    (name) => name.startsWith(beginning(path)) && name.endsWith(end),
  )
  for (const part of parts.map((name) => join(folder, name))) {
    const { mtimeMs } = await stat(part).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > leftAfter) await rm(part, { force: true })
  }
}

/** A dot, because both node_exporter and node-feature-discovery read no hidden file, and the former only what ends in .prom. */
function partOf(path: string): string {
  return join(dirname(path), `${beginning(path)}${randomUUID()}${end}`)
}

const end = '.part'

function beginning(path: string): string {
  return `.${basename(path)}.`
}

async function writeNew(part: string, text: string): Promise<void> {
  const file = await open(part, 'wx', 0o644)
  try {
    // Other users read it, whatever our umask.
    await file.chmod(0o644)
    await file.writeFile(text)
  } finally {
    await file.close()
  }
}
