import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import { aptOptions, mustBeDebianRoot } from './apt.ts'
import { inRoot, sweepParts } from './debian-root.ts'
import { hostRoot } from './host-root.ts'
import { kernelTrees } from './kernel-trees.ts'
import { keyOf } from './key-of.ts'
import type { Step } from './step.ts'
import { grubConfig, plainParameters } from '../hosts/vm-loader.ts'
import { guestFiles, initScript } from './vm-guest.ts'

/** Parts of the kernels that no test asks for: without them the disk is half as large. */
const leftOut = ['drivers/gpu', 'drivers/media', 'drivers/staging', 'drivers/iio', 'sound', 'drivers/usb']
/** Most network cards. */
const leftOutToo = ['drivers/net/wireless', 'drivers/net/ethernet']
/** The kernels that it may boot: its own, and a newer one. */
const suites = ['bookworm', 'trixie']
/** To mount its disk. */
const early = ['virtio_pci', 'virtio_blk', 'crc32c_generic', 'ext4']
const added = ['udev', 'kmod', 'libatomic1']
/** Counted up when what is done with them changes. */
const edition = 1

/** The disk of a Debian 12 machine with Debian's own kernels, about a minute, kept in .cache; qemu boots it. */
export const vmImage: Step = {
  title: 'the disk of the virtual machine',
  gives: ['HOSTDEPS_TEST_VM'],
  needs: [hostRoot, kernelTrees],
  hint: 'run npm test as root on Debian 12',
  async run(tell) {
    await mustBeDebianRoot()
    const [root, kernels] = [process.env['HOSTDEPS_TEST_HOST_ROOT'], process.env['HOSTDEPS_TEST_KERNELS']]
    if (root === undefined || kernels === undefined) throw new Error('there is no root, or no kernel')
    const key = keyOf([
      root,
      leftOut,
      leftOutToo,
      suites,
      early,
      added,
      guestFiles,
      initScript,
      edition,
      plainParameters,
    ])
    const folder = resolve('.cache/vm', key)
    if (!existsSync(folder)) await makeImage(folder, { root, kernels, tell })
    return { HOSTDEPS_TEST_VM: folder }
  },
}

interface Sources {
  readonly root: string
  readonly kernels: string
  readonly tell: (progress: string) => void
}

async function makeImage(folder: string, { root, kernels, tell }: Sources): Promise<void> {
  await sweepParts(folder)
  const part = `${folder}.part-${process.pid}`
  const [upper, work, whole] = ['upper', 'work', 'root'].map((name) => join(part, name)) as [
    string,
    string,
    string,
  ]
  for (const place of [upper, work, whole]) await mkdir(place, { recursive: true })
  const layers = `lowerdir=${root},upperdir=${upper},workdir=${work}`
  await execa('mount', ['-t', 'overlay', 'overlay', '-o', layers, whole])
  try {
    tell(`apt-get install ${added.join(' ')}`)
    await inRoot(whole, 'apt-get', 'update', ...aptOptions)
    await inRoot(whole, 'apt-get', 'install', '--no-install-recommends', ...aptOptions, ...added)
    await inRoot(whole, 'apt-get', 'clean')
    for (const suite of suites) await addKernel(whole, join(kernels, suite, 'root'), part)
    const first = readdirSync(join(kernels, 'bookworm/root/lib/modules')).map((release) => ({
      release,
      parameters: plainParameters,
    }))
    for (const [path, text] of Object.entries(guestFiles)) await put(whole, path, text)
    await put(whole, '/boot/grub/grub.cfg', grubConfig(first))
    await inRoot(whole, 'systemctl', 'enable', 'test-guest.service')
    await inRoot(whole, 'systemctl', 'mask', 'serial-getty@ttyS0.service', 'serial-getty@ttyS1.service')
    tell('mke2fs')
    await execa('mke2fs', ['-q', '-t', 'ext4', '-d', whole, join(part, 'disk'), '2200M'])
  } finally {
    await execa('umount', [whole])
  }
  for (const name of ['upper', 'work', 'root']) await rm(join(part, name), { recursive: true })
  await rename(part, folder)
}

async function put(root: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text, { mode: path.includes('/sbin/') ? 0o755 : 0o644 })
}

/** Its modules and its image, and beside the disk the image with what mounts that. */
async function addKernel(root: string, tree: string, part: string): Promise<void> {
  const [release] = readdirSync(join(tree, 'lib/modules'))
  if (release === undefined) throw new Error(`${tree} has no kernel`)
  const modules = join(root, 'usr/lib/modules', release)
  await cp(join(tree, 'lib/modules', release), modules, { recursive: true })
  for (const name of [...leftOut, ...leftOutToo]) await rm(join(modules, 'kernel', name), { recursive: true })
  for (const name of readdirSync(modules).filter((one) => one === 'build' || one === 'source'))
    await rm(join(modules, name))
  await execa('depmod', ['--basedir', root, release])
  for (const name of [`vmlinuz-${release}`, `config-${release}`])
    await cp(join(tree, 'boot', name), join(root, 'boot', name))
  await cp(join(tree, 'boot', `vmlinuz-${release}`), join(part, `vmlinuz-${release}`))
  await makeInitramfs(modules, join(part, `initrd-${release}`))
}

/** busybox, the modules that the disk needs in their order, and a script that inserts them. */
async function makeInitramfs(modules: string, target: string): Promise<void> {
  const folder = `${target}.d`
  for (const name of ['bin', 'mod', 'proc', 'sys', 'dev', 'new'])
    await mkdir(join(folder, name), { recursive: true })
  await cp('/bin/busybox', join(folder, 'bin/busybox'))
  const order = early.flatMap((name) => withDependencies(modules, name))
  for (const [index, path] of [...new Set(order)].entries()) {
    const bytes = path.endsWith('.xz')
      ? (await execa('xz', ['-dc', join(modules, path)], { encoding: 'buffer' })).stdout
      : await readFile(join(modules, path))
    await writeFile(join(folder, 'mod', `${String(index).padStart(2, '0')}.ko`), bytes)
  }
  await writeFile(join(folder, 'init'), initScript, { mode: 0o755 })
  await execa('sh', [
    '-c',
    `cd "$1" && find . | busybox cpio -o -H newc | gzip -1 > "$2"`,
    'sh',
    folder,
    target,
  ])
  await rm(folder, { recursive: true })
}

/** By modules.dep, what it needs first; nothing of what is built in. */
function withDependencies(modules: string, name: string): string[] {
  const lines = readFileSync(join(modules, 'modules.dep'), 'utf8').split('\n')
  const file = new RegExp(`/${name.replaceAll('_', '[-_]')}\\.ko[.\\w]*:`)
  const line = lines.find((one) => file.test(one))
  if (line === undefined) return []
  const [path = '', needed = ''] = line.split(':')
  return [...needed.split(' ').filter(Boolean).toReversed(), path]
}
