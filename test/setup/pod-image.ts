import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { mustBeDebianRoot } from './apt.ts'
import type { Step } from './step.ts'
import { systemPackages } from './system-packages.ts'

/** What the image of the pods that tests run is called; it is also the sandbox of each pod. */
const imageName = 'localhost/busybox:test'

/** busybox and nothing else, since no image can be pulled. */
export const podImage: Step = {
  title: 'the image of the pods that tests run',
  gives: ['HOSTDEPS_TEST_POD_IMAGE'],
  needs: [systemPackages],
  hint: 'run npm test as root on Debian 12',
  async run(tell) {
    await mustBeDebianRoot()
    const folder = resolve('.cache/image')
    const archive = join(folder, 'busybox.tar')
    await mkdir(folder, { recursive: true })
    if (!existsSync(archive)) {
      tell('buildah')
      await makeImage(archive, join(folder, `busybox-${process.pid}`))
    }
    return { HOSTDEPS_TEST_POD_IMAGE: archive }
  },
}

async function makeImage(archive: string, part: string): Promise<void> {
  const store = ['--root', join(part, 'store'), '--runroot', join(part, 'run'), '--storage-driver', 'vfs']
  const buildah = (...argv: string[]) => execa('buildah', [...store, ...argv])
  try {
    const { stdout: container } = await buildah('from', 'scratch')
    for (const name of ['busybox', 'sh', 'sleep', 'wget', 'cat', 'ls', 'true'])
      await buildah('copy', '--quiet', container, '/bin/busybox', `/bin/${name}`)
    await buildah('config', '--env', 'PATH=/bin', '--cmd', '["/bin/sleep","2147483647"]', container)
    await buildah('commit', '--quiet', '--rm', container, imageName)
    await buildah('push', '--quiet', imageName, `docker-archive:${join(part, 'image.tar')}:${imageName}`)
    await rename(join(part, 'image.tar'), archive)
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}
