import { cp, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { bundle } from '../build.ts'
import { writeFolder } from './archive.ts'
import { withFolder } from './temporary.ts'

/** What an image says of where it is from. */
export interface Origin {
  readonly version: string
  /** The project's home. */
  readonly home: string
  /** The commit, 40 hexadecimal digits. */
  readonly revision: string
  /** Of all files in it, and when it was made. */
  readonly date: Date
  /** The image that it is built from; null for that of the Dockerfile. It must be there for each architecture. */
  readonly base: string | null
}

/** As images name them. */
const architectures = ['amd64', 'arm64']

/**
 * Builds the image for each architecture, and writes them as one OCI archive: the same commit and base make the same bytes, but for
 * what Debian has newer. buildah keeps what it pulls and makes in a folder that is away afterwards, and must have an emulator for
 * the architecture that this machine is not of.
 */
export async function writeImage(file: string, origin: Origin): Promise<void> {
  const { version, date } = origin
  await withFolder(join(tmpdir(), 'hostdeps-image-'), async (folder) => {
    const store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run')]
    // It needs nothing of the machine's own, though each layer is a whole copy.
    const buildah = (...argv: string[]) => execa('buildah', [...store, '--storage-driver', 'vfs', ...argv])
    const image = `localhost/hostdeps:${version}`
    const context = await bundleContext(join(folder, 'bundle'))
    await buildah('build', ...buildArguments(context, origin), '--manifest', image, '.')
    await buildah('manifest', 'push', '--all', image, `oci:${join(folder, 'oci')}:${version}`)
    await writeFolder(join(folder, 'oci'), file, date)
  })
}

function buildArguments(context: string, origin: Origin): string[] {
  const { version, home, revision, date, base } = origin
  const labels = {
    'org.opencontainers.image.created': date.toISOString(),
    'org.opencontainers.image.revision': revision,
    'org.opencontainers.image.source': home,
  }
  return [
    ['--isolation', 'chroot'],
    ['--platform', architectures.map((name) => `linux/${name}`).join(',')],
    ['--timestamp', String(date.getTime() / 1000)],
    ['--build-context', `bundle=${context}`],
    ['--build-arg', `VERSION=${version}`],
    base === null ? [] : ['--build-arg', `BASE=${base}`],
    ...Object.entries(labels).map(([name, value]) => ['--label', `${name}=${value}`]),
  ].flat()
}

/** What the Dockerfile takes of its stage "bundle", made here: buildah would have an emulator make it. */
async function bundleContext(folder: string): Promise<string> {
  const src = join(folder, 'src')
  await mkdir(src, { recursive: true })
  await bundle(join(src, 'dist'))
  for (const path of ['LICENSE', 'image/warm.ts']) await cp(path, join(src, path))
  return folder
}
