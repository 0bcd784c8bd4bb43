import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { aptOptions, mustBeDebianRoot } from './apt.ts'
import { inRoot, makeDebianRoot, suite } from './debian-root.ts'
import { keyOf } from './key-of.ts'
import type { Step } from './step.ts'
import { systemPackages } from './system-packages.ts'

const included = ['systemd', 'systemd-sysv', 'dbus', 'kmod', 'iproute2', 'procps', 'ca-certificates']
/** What makes a node of a host, with a kubelet. */
const ofNodes = [
  'containerd',
  'runc',
  'containernetworking-plugins',
  'iptables',
  'conntrack',
  'ethtool',
  'socat',
]
/** Downloaded into the root once, so that installing them in a test asks no network. */
const downloaded = ['open-iscsi', 'rpm']
/** Counted up when what is done with them changes. */
const edition = 4

/** A Debian 12 root that test hosts are booted from: debootstrap, about a minute, kept in .cache. */
export const hostRoot: Step = {
  title: 'the root of the Debian 12 test host',
  gives: ['HOSTDEPS_TEST_HOST_ROOT'],
  needs: [systemPackages],
  hint: 'run npm test as root on Debian 12',
  async run(tell) {
    await mustBeDebianRoot()
    const key = keyOf([suite, included, ofNodes, downloaded, edition])
    const root = resolve('.cache/hosts', `debian12-${key}`)
    const finish = async (part: string) => {
      tell(`downloading ${downloaded.join(', ')} into it`)
      await inRoot(part, 'apt-get', 'clean')
      await inRoot(part, 'apt-get', 'update', ...aptOptions)
      const install = ['install', '--no-install-recommends', '--download-only', ...aptOptions]
      await inRoot(part, 'apt-get', ...install, ...downloaded)
      await writeFile(join(part, 'etc/hostname'), 'debian12\n')
      await inRoot(part, 'systemctl', 'disable', 'containerd')
    }
    if (!existsSync(root)) await makeDebianRoot(root, { included: [...included, ...ofNodes], finish, tell })
    return { HOSTDEPS_TEST_HOST_ROOT: root }
  },
}
