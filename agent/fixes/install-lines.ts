import type { FixFacts } from '#agent/model/facts.ts'
import type { Installer } from '#agent/model/installer.ts'
import { packagesNote } from './image.ts'

/**
 * What an install takes so that it asks nothing, waits for whoever holds the lock (300 s), keeps changed configuration files
 * and restarts no service that it did not bring. NEEDRESTART_MODE=l is for the needrestart of Ubuntu 24.04 and later, which
 * restarts by itself; NEEDRESTART_SUSPEND for those that know no other.
 * https://manpages.debian.org/apt-get https://github.com/liske/needrestart
 */
export const aptEnvironment = {
  DEBIAN_FRONTEND: 'noninteractive',
  NEEDRESTART_SUSPEND: '1',
  NEEDRESTART_MODE: 'l',
} as const
const aptSettings = `export ${Object.entries(aptEnvironment)
  .map((pair) => pair.join('='))
  .join(' ')}`
const aptOptions = '-o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold'

type Lines = (packages: string) => readonly string[]

/** Each may be run twice. transactional-update continues what waits for a reboot, which it would else drop. */
const install: Readonly<Record<Exclude<Installer, 'image' | 'unknown'>, Lines>> = {
  // A list that cannot be fetched is no reason to stop: the package may be in those that are there.
  'apt-get': (packages) => [aptSettings, `apt-get update; apt-get install -y ${packages} ${aptOptions}`],
  dnf: (packages) => [
    `dnf install -y ${packages}${isWithoutWeak(packages.split(' ')) ? ' --setopt=install_weak_deps=False' : ''}`,
  ],
  tdnf: (packages) => [`tdnf install -y ${packages}`],
  yum: (packages) => [`yum install -y ${packages}`],
  zypper: (packages) => [`zypper --non-interactive install ${packages}`],
  apk: (packages) => [`apk add ${packages}`],
  pacman: (packages) => [`pacman -S --needed --noconfirm ${packages}`],
  'rpm-ostree': (packages) => [`rpm-ostree install --idempotent --allow-inactive ${packages}`],
  'transactional-update': (packages) => [
    `transactional-update --non-interactive --continue pkg install ${packages}`,
  ],
}

/** A driver needs what it only recommends, such as the module itself. */
export function isWithoutWeak(packages: readonly string[]): boolean {
  return !packages.some((name) => /\b(nvidia|zfs)/.test(name))
}

export function installLines(packages: readonly string[], facts: FixFacts): readonly string[] {
  const { installer } = facts
  if (packages.length === 0) return []
  if (installer === 'image') return [`# ${packagesNote(packages, facts)}`]
  if (installer === 'unknown') return [`# install with this system's package manager: ${packages.join(' ')}`]
  return install[installer](packages.join(' '))
}

/** The exit codes, as a pattern of the shell, that are news of an install that is done: zypper(8). */
export const zypperNews = '10[2367]'
