import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { execa } from 'execa'
import { inRoot, makeDebianRoot, suite } from './debian-root.ts'
import { keyOf } from './key-of.ts'
import { copyNpm, npmFolder } from './npm.ts'

/** What Node.js itself loads, as Debian's images of it have it. */
const nodeNeeds = ['libstdc++6', 'libatomic1']
/** Counted up when what is done here with it changes. */
const edition = 1

/** Where the images of tests are kept. */
export const imageFolder = resolve('.cache/image')

/** An architecture, as images and Debian name it; null for that of this machine. */
export type Arch = 'amd64' | 'arm64' | null

/** The root of an image like node:26-slim, but without Node.js: by debootstrap, since none can be pulled here. */
export function agentBasePath(arch: Arch = null): string {
  const parts = [suite, ...nodeNeeds, String(edition), ...(arch === null ? [] : [arch])]
  return join(imageFolder, `base-${keyOf(parts)}`)
}

/** Makes it where it is not there yet; about a minute, and three for an architecture that is emulated. */
export async function makeAgentBase(tell: (progress: string) => void, arch: Arch = null): Promise<string> {
  const root = agentBasePath(arch)
  const cleanUp = (made: string) => inRoot(made, 'apt-get', 'clean')
  if (!existsSync(root))
    await makeDebianRoot(root, {
      ...(arch !== null && { arch }),
      included: nodeNeeds,
      finish: cleanUp,
      tell,
    })
  return root
}

export interface Base {
  readonly root: string
  /** The program `node`. */
  readonly node: string
  readonly arch: Arch
  /** A folder of its own for what is done here. */
  readonly work: string
}

/**
 * A container of the root, this machine's npm and a Node.js, as Node.js' own images have them; to be committed. Returns its name.
 *
 * @param buildah runs it, with a store
 */
export async function baseContainer(
  buildah: (...argv: string[]) => ReturnType<typeof execa>,
  { root, node, arch, work }: Base,
): Promise<string> {
  const of = arch === null ? [] : ['--arch', arch]
  const container = String((await buildah('from', ...of, 'scratch')).stdout)
  const npm = join(work, `npm-${arch}`)
  await mkdir(npm, { recursive: true })
  await copyNpm(npmFolder(), npm)
  await buildah('copy', '--quiet', container, root, '/')
  await buildah('copy', '--quiet', container, npm, '/usr/local')
  await buildah('copy', '--quiet', '--chmod', '755', container, node, '/usr/local/bin/node')
  return container
}
