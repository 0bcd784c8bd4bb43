import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Whoever reads the file sees the old one or the new one whole: it is written under a name that nobody reads and renamed. That
 * name must not exist, so that nothing is written through a link; what a killed process left of it is removed first.
 */
export async function writeBeside(path: string, text: string): Promise<void> {
  const part = partOf(path)
  await writeNew(part, text)
  await rename(part, path)
}

/** Rejects where such a file could not be written. */
export async function tryBeside(path: string): Promise<void> {
  const part = partOf(path)
  await writeNew(part, '')
  await rm(part)
}

/** A dot, because both node_exporter and node-feature-discovery read no hidden file, and the former only what ends in .prom. */
function partOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.part`)
}

async function writeNew(part: string, text: string): Promise<void> {
  await rm(part, { force: true })
  const file = await open(part, 'wx', 0o644)
  try {
    // Other users read it, whatever our umask.
    await file.chmod(0o644)
    await file.writeFile(text)
  } finally {
    await file.close()
  }
}
