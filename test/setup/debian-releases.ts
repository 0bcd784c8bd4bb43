import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { mustBeDebianRoot } from './apt.ts'
import { inRoot, makeDebianRoot } from './debian-root.ts'
import { keyOf } from './key-of.ts'
import type { Step } from './step.ts'
import { systemPackages } from './system-packages.ts'

const booted = ['systemd', 'systemd-sysv', 'dbus', 'kmod', 'iproute2', 'procps', 'ca-certificates', 'mount']

/** Debian after that of this machine: one as a node with storage and network tools, the other as bare as can be. */
const releases: Readonly<Record<string, readonly string[]>> = {
  trixie: [
    ...booted,
    'open-iscsi',
    'nfs-common',
    'cryptsetup-bin',
    'multipath-tools',
    'lvm2',
    'xfsprogs',
    'chrony',
    'iptables',
    'conntrack',
    'ethtool',
    'socat',
    'nftables',
  ],
  sid: booted,
}
/** Counted up when what is done with them changes. */
const edition = 1

export const debianReleases: Step = {
  title: 'the roots of Debian 13 and Debian sid',
  gives: ['HOSTDEPS_TEST_ROOT_SID', 'HOSTDEPS_TEST_ROOT_TRIXIE'],
  needs: [systemPackages],
  hint: 'run npm test as root on Debian 12',
  async run(tell) {
    await mustBeDebianRoot()
    const variables: Record<string, string> = {}
    for (const [suite, included] of Object.entries(releases)) {
      const root = resolve('.cache/hosts', `${suite}-${keyOf([suite, included, edition])}`)
      const finish = async (part: string) => {
        await writeFile(join(part, 'etc/hostname'), `${suite}\n`)
        await inRoot(part, 'apt-get', 'clean')
      }
      if (!existsSync(root)) {
        const say = (words: string) => tell(`${suite}: ${words}`)
        await makeDebianRoot(root, { suite, included, finish, tell: say })
      }
      variables[`HOSTDEPS_TEST_ROOT_${suite.toUpperCase()}`] = root
    }
    return variables
  },
}
