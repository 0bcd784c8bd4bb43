import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rename, rm, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { aptEnv, aptOptions, mustBeDebianRoot } from './apt.ts'
import { debianReleases } from './debian-releases.ts'
import { sweepParts } from './debian-root.ts'
import { hostRoot } from './host-root.ts'
import type { Step } from './step.ts'

/** The roots that apt is asked in, by the variable that names them. */
const roots: Readonly<Record<string, string>> = {
  bookworm: 'HOSTDEPS_TEST_HOST_ROOT',
  trixie: 'HOSTDEPS_TEST_ROOT_TRIXIE',
  sid: 'HOSTDEPS_TEST_ROOT_SID',
}

/**
 * The kernels of three Debians as their packages hold them, unpacked and seen by depmod: 6.1 with plain modules, and two
 * whose modules are compressed. About a minute, kept in .cache.
 */
export const kernelTrees: Step = {
  title: "the module trees of Debian's kernels",
  gives: ['HOSTDEPS_TEST_KERNELS'],
  needs: [hostRoot, debianReleases],
  hint: 'run npm test as root on Debian 12',
  async run(tell) {
    await mustBeDebianRoot()
    for (const [suite, variable] of Object.entries(roots)) {
      const root = process.env[variable]
      if (root === undefined) throw new Error(`there is no root of ${suite}`)
      if (!existsSync(treeOf(suite))) await makeTree(suite, root, tell)
    }
    return { HOSTDEPS_TEST_KERNELS: resolve('.cache/kernels') }
  },
}

function treeOf(suite: string): string {
  return resolve('.cache/kernels', suite)
}

async function makeTree(suite: string, root: string, tell: (progress: string) => void): Promise<void> {
  const part = `${treeOf(suite)}.part-${process.pid}`
  await sweepParts(part)
  await mkdir(part, { recursive: true })
  const downloads = join(root, 'var/cache/kernel')
  try {
    tell(`${suite}: apt-get install --download-only`)
    await mkdir(join(downloads, 'partial'), { recursive: true })
    const { stdout: arch } = await execa('dpkg', ['--print-architecture'])
    const apt = ['-o', 'Dir::Cache::archives=/var/cache/kernel', ...aptOptions]
    const wanted = ['--download-only', '--no-install-recommends', `linux-image-${arch}`]
    await execa('chroot', [root, 'apt-get', 'update', ...aptOptions], { env: aptEnv })
    await execa('chroot', [root, 'apt-get', 'install', ...apt, ...wanted], { env: aptEnv })
    tell(`${suite}: dpkg-deb and depmod`)
    for (const file of readdirSync(downloads).filter((name) => /^linux-(image|modules|base)-\d/.test(name)))
      await execa('dpkg-deb', ['--extract', join(downloads, file), join(part, 'root')])
    await indexTree(join(part, 'root'))
    await rename(part, treeOf(suite))
  } finally {
    await rm(downloads, { recursive: true, force: true })
    await rm(part, { recursive: true, force: true })
  }
}

/** As the package's own scripts do; before Debian 13 the modules were in /lib, which is a link since. */
async function indexTree(root: string): Promise<void> {
  if (!existsSync(join(root, 'lib'))) await symlink('usr/lib', join(root, 'lib'))
  for (const kernel of readdirSync(join(root, 'lib/modules')))
    await execa('depmod', ['--basedir', root, kernel])
}
