import { createWriteStream, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { extract, pack } from 'tar-stream'

/** A file in an archive. */
export interface Entry {
  readonly name: string
  readonly bytes: Buffer | string
  readonly mode: number
}

/** A .tar.gz that is the same for the same files: of no user, of one date, in the order given. */
export async function makeArchive(entries: readonly Entry[], date: Date): Promise<Buffer> {
  const tar = pack()
  for (const { name, bytes, mode } of entries) tar.entry(headerOf(name, mode, date), bytes)
  tar.finalize()
  return gzipSync(await buffer(tar))
}

/** Writes all files of a folder as a .tar, one after the other, that is the same for the same files. */
export async function writeFolder(folder: string, file: string, date: Date): Promise<void> {
  const tar = pack()
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const add = async () => {
    for (const path of paths.toSorted()) {
      const bytes = await readFile(path)
      await new Promise<void>((resolve, reject) => {
        tar.entry(headerOf(relative(folder, path), 0o644, date), bytes, (error) =>
          error ? reject(error) : resolve(),
        )
      })
    }
    tar.finalize()
  }
  await Promise.all([pipeline(tar, createWriteStream(file)), add()])
}

function headerOf(name: string, mode: number, date: Date) {
  return { name, mode, mtime: date, uid: 0, gid: 0, uname: 'root', gname: 'root' }
}

/** The files of these names in a .tar.gz; all of them when none is named. */
export async function readArchive(
  archive: Buffer,
  names: readonly string[] = [],
): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>()
  const tar = extract()
  tar.end(gunzipSync(archive))
  for await (const entry of tar) {
    const { name, type } = entry.header
    const bytes = await buffer(entry)
    if (type === 'file' && (names.length === 0 || names.includes(name))) files.set(name, bytes)
  }
  const lacking = names.filter((name) => !files.has(name))
  if (lacking.length > 0) throw new Error(`the archive has no ${lacking.join(', ')}`)
  return files
}
