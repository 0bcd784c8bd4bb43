import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { buffer } from 'node:stream/consumers'
import { extract } from 'tar-stream'
import { join } from 'node:path'

interface Descriptor {
  readonly digest: string
  readonly platform?: { readonly architecture: string }
}

interface Index {
  readonly manifests: readonly Descriptor[]
}

interface Manifest {
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
}

/** What is in each file of an image in an OCI archive, by architecture and path, in a few words. */
async function filesOf(archive: string): Promise<Map<string, string>> {
  const blobs = await unpack(readFileSync(archive))
  const blob = (name: string) => blobs.get(name) ?? Buffer.alloc(0)
  const object = (digest: string) => blob(join('blobs', digest.replace(':', '/')))
  const files = new Map<string, string>()
  const top: Index = JSON.parse(blob('index.json').toString())
  const index: Index = JSON.parse(object(top.manifests[0]?.digest ?? '').toString())
  for (const { digest, platform } of index.manifests) {
    const { config, layers }: Manifest = JSON.parse(object(digest).toString())
    const arch = platform?.architecture
    files.set(`${arch}: config`, config.digest)
    for (const layer of layers)
      for (const [path, bytes] of await unpack(gunzipSync(object(layer.digest))))
        files.set(`${arch}: ${path}`, createHash('sha1').update(bytes).digest('hex'))
  }
  return files
}

async function unpack(tar: Buffer): Promise<Map<string, Buffer>> {
  const entries = new Map<string, Buffer>()
  const reader = extract()
  reader.end(tar)
  for await (const entry of reader) entries.set(entry.header.name, await buffer(entry))
  return entries
}

/** The files that are not the same in two images. */
export async function differing(one: string, other: string): Promise<string[]> {
  const [a, b] = [await filesOf(one), await filesOf(other)]
  const names = new Set([...a.keys(), ...b.keys()])
  return [...names].filter((name) => a.get(name) !== b.get(name))
}
