import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import type { Step } from './step.ts'

const suite = 'bookworm'
const included = ['systemd', 'systemd-sysv', 'dbus', 'kmod', 'iproute2', 'procps', 'ca-certificates']
/** Downloaded into the root once, so that installing them in a test asks no network. */
const downloaded = ['open-iscsi']

/** A Debian 12 root that test hosts are booted from: debootstrap, about a minute, kept in .cache. */
export const hostRoot: Step = {
  title: 'the root of the Debian 12 test host',
  hint: 'run npm test as root on Debian, with debootstrap',
  async run(tell) {
    if (process.getuid?.() !== 0) throw new Error('only root may make and boot a host')
    const key = createHash('sha256')
      .update(JSON.stringify([suite, included, downloaded, 1]))
      .digest('hex')
      .slice(0, 12)
    const root = resolve('.cache/hosts', `debian12-${key}`)
    if (!existsSync(root)) await makeRoot(root, tell)
    return { HOSTDEPS_TEST_HOST_ROOT: root }
  },
}

/** Made under another name and renamed when it is whole: one that was cut off is never taken for it. */
async function makeRoot(root: string, tell: (progress: string) => void): Promise<void> {
  const part = `${root}.part`
  await rm(part, { recursive: true, force: true })
  await mkdir(part, { recursive: true })
  tell('debootstrap, about a minute')
  await execa('debootstrap', [
    '--variant=minbase',
    `--include=${included.join(',')}`,
    suite,
    part,
    ...(await mirror()),
  ])
  tell(`downloading ${downloaded.join(', ')} into it`)
  await takeOverApt(part)
  await inRoot(part, 'apt-get', 'update')
  await inRoot(part, 'apt-get', 'install', '-y', '--no-install-recommends', '--download-only', ...downloaded)
  await writeFile(join(part, 'etc/hostname'), 'debian12\n')
  await rename(part, root)
}

/** The mirror that this machine itself uses. */
async function mirror(): Promise<string[]> {
  const { stdout } = await execa('apt-get', [
    'indextargets',
    '--format',
    '$(CODENAME) $(REPO_URI)',
    'Created-By: Packages',
  ])
  const line = stdout.split('\n').find((entry) => entry.startsWith(`${suite} `))
  return line === undefined ? [] : [line.slice(suite.length + 1)]
}

/** The root installs from where this machine does. */
async function takeOverApt(root: string): Promise<void> {
  await rm(join(root, 'etc/apt/sources.list'), { force: true })
  for (const part of ['sources.list', 'sources.list.d', 'apt.conf.d', 'auth.conf.d']) {
    if (existsSync(`/etc/apt/${part}`))
      await cp(`/etc/apt/${part}`, join(root, 'etc/apt', part), { recursive: true })
  }
  // Images for containers delete what apt downloads.
  await rm(join(root, 'etc/apt/apt.conf.d/docker-clean'), { force: true })
  await cp('/etc/resolv.conf', join(root, 'etc/resolv.conf'))
}

async function inRoot(root: string, ...argv: string[]): Promise<void> {
  await execa('chroot', [root, ...argv], { env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } })
}
