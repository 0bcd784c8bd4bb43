import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readArchive } from '../../packaging/archive.ts'

const folder = process.env['HOSTDEPS_TEST_RELEASE'] ?? ''

/** A file of the release, by how its name ends. */
export async function releaseFile(end: string): Promise<string> {
  const name = (await readdir(folder)).find((name) => name.endsWith(end))
  if (name === undefined) throw new Error(`the release has no ${end}`)
  return join(folder, name)
}

/** Unpacks the archive of an architecture as a person would; returns the executable's path. */
export async function unpackRelease(arch: 'amd64' | 'arm64', into: string): Promise<string> {
  const files = await readArchive(await readFile(await releaseFile(`-linux-${arch}.tar.gz`)))
  await mkdir(into, { recursive: true })
  for (const [name, bytes] of files)
    await writeFile(join(into, name), bytes, { mode: name === 'hostdeps' ? 0o755 : 0o644 })
  return join(into, 'hostdeps')
}
