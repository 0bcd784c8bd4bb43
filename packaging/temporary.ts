import { mkdtempSync, rmSync } from 'node:fs'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const folders = new Set<string>()

/**
 * Does some work in a new folder, which is away afterwards, also when a signal ends the work.
 *
 * @param prefix its path, to which a few letters are added
 */
export async function withFolder(prefix: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(prefix)
  if (folders.size === 0) for (const signal of signals) process.on(signal, endBy)
  folders.add(folder)
  try {
    await work(folder)
  } finally {
    remove(folder)
    if (folders.size === 0) for (const signal of signals) process.off(signal, endBy)
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  folders.delete(folder)
}

function endBy(): void {
  for (const folder of folders) remove(folder)
  process.exit(1)
}
