import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { readArchive } from './archive.ts'
import { readLock } from './lock.ts'
import type { Platform } from './platforms.ts'

/** The folder of a Node.js for another kind of machine: `bin/node`, and `LICENSE`. */
export async function nodeFolder({ node: name }: Pick<Platform, 'node'>): Promise<string> {
  const installed = resolve('node_modules', name)
  return existsSync(join(installed, 'bin/node')) ? installed : fetched(name)
}

/**
 * npm installs no package for another kind of machine, but downloads it; what it must be is in the lock file, as for those
 * that are installed. Kept in .cache.
 */
async function fetched(name: string): Promise<string> {
  const { version, integrity } = readLock()[`node_modules/${name}`] ?? missing(name)
  const folder = resolve('.cache/node', `${name}-${version}`)
  if (existsSync(folder)) return folder
  await mkdir(resolve('.cache/node'), { recursive: true })
  const part = await mkdtemp(`${folder}.part-`)
  try {
    const argv = ['pack', `${name}@${version}`, '--pack-destination', part, '--loglevel=error', '--json']
    await execa('npm', argv)
    const packed = await readFile(join(part, `${name}-${version}.tgz`))
    mustBe(integrity, packed, name)
    const files = await readArchive(packed, ['package/bin/node', 'package/LICENSE'])
    await mkdir(join(part, 'made/bin'), { recursive: true })
    for (const [path, bytes] of files)
      await writeFile(join(part, 'made', path.replace('package/', '')), bytes, { mode: 0o755 })
    await rename(join(part, 'made'), folder)
  } finally {
    await rm(part, { recursive: true, force: true })
  }
  return folder
}

function mustBe(integrity: string, packed: Buffer, name: string): void {
  const found = `sha512-${createHash('sha512').update(packed).digest('base64')}`
  if (found !== integrity) throw new Error(`${name} is not what the lock file says: ${found}`)
}

function missing(name: string): never {
  throw new Error(`the lock file has no ${name}`)
}
