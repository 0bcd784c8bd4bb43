import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { aptEnv } from './apt.ts'

/** That of Debian 12, which this machine must be: its sources of packages are taken over. */
export const suite = 'bookworm'

export interface RootParts {
  /** The release; that of this machine unless told. */
  readonly suite?: string
  /** The architecture, as Debian names it; that of this machine unless told. Its programs must run here, by an emulator. */
  readonly arch?: string
  /** Packages beside those of variant minbase. */
  readonly included: readonly string[]
  /** What else is done to it before it is whole. */
  readonly finish: (root: string) => Promise<void>
  readonly tell: (progress: string) => void
}

/**
 * A Debian root that installs from where this machine does. Made under another name and renamed when it is whole: one
 * that was cut off is never taken for it.
 */
export async function makeDebianRoot(root: string, parts: RootParts): Promise<void> {
  const { suite: release = suite, arch, included, finish, tell } = parts
  await sweepParts(root)
  const part = `${root}.part-${process.pid}`
  await mkdir(part, { recursive: true })
  tell('debootstrap, about a minute')
  const wanted = [
    ...(included.length > 0 ? [`--include=${included.join(',')}`] : []),
    ...(arch === undefined ? [] : [`--arch=${arch}`]),
  ]
  await execa('debootstrap', ['--variant=minbase', ...wanted, release, part, await mirror()])
  await takeOverApt(part, release === suite ? ownApt : ['etc/apt/apt.conf.d'])
  await finish(part)
  await unmountUnder(part)
  // A run beside this one may have been first: then that one is as good.
  if (existsSync(root)) await rm(part, { recursive: true, force: true })
  else await rename(part, root)
}

/** Takes away what runs that were killed have left beside it. debootstrap mounts /proc and /sys in them: rm must not go there. */
export async function sweepParts(root: string): Promise<void> {
  const folder = resolve(root, '..')
  await mkdir(folder, { recursive: true })
  for (const name of readdirSync(folder)) {
    const [, owner] = /\.part(?:-(\d+))?$/.exec(name) ?? [null, '']
    if (owner === '' || existsSync(`/proc/${owner}`)) continue
    await unmountUnder(join(folder, name))
    await rm(join(folder, name), { recursive: true, force: true })
  }
}

async function unmountUnder(folder: string): Promise<void> {
  const places = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '))
  for (const place of places.filter((name) => name.startsWith(`${folder}/`)).toReversed())
    await execa('umount', ['-l', place])
}

/** The mirror that this machine itself uses. */
async function mirror(): Promise<string> {
  const format = ['--format', '$(CODENAME) $(REPO_URI)', 'Created-By: Packages']
  const { stdout } = await execa('apt-get', ['indextargets', ...format])
  const line = stdout.split('\n').find((entry) => entry.startsWith(`${suite} `))
  if (line === undefined) throw new Error(`this machine's apt has no source of ${suite}, which is Debian 12`)
  return line.slice(suite.length + 1).replace(/\/$/, '')
}

/** A root of another release has sources and keys of its own, from debootstrap. */
const ownApt = ['etc/apt', 'usr/share/keyrings']

/** The root installs from where this machine does, and trusts whom it trusts. */
async function takeOverApt(root: string, apt: readonly string[]): Promise<void> {
  for (const place of [...apt, 'etc/ssl/certs/ca-certificates.crt', 'etc/resolv.conf']) {
    if (!existsSync(`/${place}`)) continue
    await rm(join(root, place), { recursive: true, force: true })
    await cp(`/${place}`, join(root, place), { recursive: true, dereference: true })
  }
  // Images for containers delete what apt downloads.
  await rm(join(root, 'etc/apt/apt.conf.d/docker-clean'), { force: true })
}

export async function inRoot(root: string, ...argv: string[]): Promise<void> {
  await execa('chroot', [root, ...argv], { env: aptEnv })
}
