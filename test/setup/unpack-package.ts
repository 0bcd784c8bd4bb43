import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { aptEnv, aptOptions, mustBeDebianRoot } from './apt.ts'
import { sweepParts } from './debian-root.ts'

interface PackagedProgram {
  /** Of Debian's. */
  readonly package: string
  /** In the package. */
  readonly path: string
}

/** A program out of a package, in a folder of .cache. Some seconds, and kept there. */
export async function programOfPackage(
  name: string,
  { package: wanted, path }: PackagedProgram,
  tell: (progress: string) => void,
): Promise<string> {
  const folder = resolve('.cache', name)
  const program = join(folder, path)
  if (!existsSync(program)) {
    await mustBeDebianRoot()
    tell(`apt-get download ${wanted}`)
    await unpackPackage(wanted, folder)
  }
  return program
}

/** What is in a package of Debian's, in a folder: unpacked and not installed, which would start what it brings on this machine. */
async function unpackPackage(name: string, folder: string): Promise<void> {
  const part = `${folder}.part-${process.pid}`
  await sweepParts(part)
  await mkdir(part, { recursive: true })
  try {
    await execa('apt-get', ['update', ...aptOptions], { env: aptEnv })
    await execa('apt-get', ['download', ...aptOptions, name], { env: aptEnv, cwd: part })
    const file = readdirSync(part).find((entry) => entry.endsWith('.deb')) ?? ''
    await execa('dpkg-deb', ['--extract', join(part, file), join(part, 'root')])
    await rm(folder, { recursive: true, force: true })
    await rename(join(part, 'root'), folder)
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}
