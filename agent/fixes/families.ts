import { distroNames } from '#agent/model/facts.ts'
import type { Distro } from '#agent/model/facts.ts'
import { memoizeLast } from '#agent/model/memoize-last.ts'

/** How a distribution installs packages; `image`: not at all on the running system. */
export type Installer =
  | 'apt-get'
  | 'dnf'
  | 'yum'
  | 'zypper'
  | 'apk'
  | 'pacman'
  | 'rpm-ostree'
  | 'transactional-update'
  | 'image'
  | 'unknown'

/** The ids of os-release that belong to a family although their ID_LIKE may not say so. */
const families: Readonly<Record<string, readonly string[]>> = {
  debian: ['debian', 'ubuntu', 'raspbian', 'linuxmint', 'pop'],
  rhel: [
    'rhel',
    'centos',
    'rocky',
    'almalinux',
    'ol',
    'fedora',
    'amzn',
    'opencloudos',
    'azurelinux',
    'mariner',
  ],
  suse: [
    'suse',
    'opensuse',
    'sles',
    'sle-micro',
    'sl-micro',
    'opensuse-leap',
    'opensuse-tumbleweed',
    'opensuse-microos',
  ],
  alpine: ['alpine', 'postmarketos', 'wolfi'],
  arch: ['arch', 'archarm', 'manjaro'],
}

/** Systems whose host is one image: packages cannot be added to them, only a note helps. */
export const imageBased: readonly string[] = ['talos', 'bottlerocket', 'cos', 'flatcar', 'nixos']

/** What a `fix:` may be keyed by. */
export const fixKeys: readonly string[] = [
  'all',
  ...new Set([...Object.keys(families), ...Object.values(families).flat(), ...imageBased]),
]

/** The ids of a family beside its own; none when it is no family. */
export function membersOf(family: string): readonly string[] {
  return families[family]?.filter((id) => id !== family) ?? []
}

/** The keys under which a host's fix is looked for, nearest first. An image-based system has only its own. */
export const keysFor = memoizeLast((distro: Distro): readonly string[] => {
  if (distro.id !== null && imageBased.includes(distro.id)) return [distro.id]
  const names = distroNames(distro)
  const family = familyOf(distro)
  return [...new Set([...names, ...(family === null ? [] : [family]), 'all'])]
})

export function familyOf(distro: Distro): string | null {
  for (const name of distroNames(distro)) {
    const family = Object.keys(families).find((key) => families[key]?.includes(name))
    if (family !== undefined) return family
  }
  return null
}

export const installerOf = memoizeLast((distro: Distro): Installer => {
  if (distro.id !== null && imageBased.includes(distro.id)) return 'image'
  switch (familyOf(distro)) {
    case 'debian':
      return 'apt-get'
    case 'rhel':
      return rhelInstaller(distro)
    case 'suse':
      return isTransactional(distro) ? 'transactional-update' : 'zypper'
    case 'alpine':
      return 'apk'
    case 'arch':
      return 'pacman'
    default:
      return 'unknown'
  }
})

/** Fedora CoreOS, Silverblue and IoT are rpm-ostree systems; version 7 and Amazon Linux 2 have no dnf. */
function rhelInstaller(distro: Distro): Installer {
  const ostree = ['coreos', 'iot', 'silverblue', 'kinoite', 'atomic.host']
  if (distro.variant !== null && ostree.includes(distro.variant)) return 'rpm-ostree'
  const major = Number.parseInt(distro.version ?? '', 10)
  const isOld = distro.id === 'amzn' ? major === 2 : distro.id !== 'fedora' && major <= 7
  return isOld ? 'yum' : 'dnf'
}

/** SUSE Linux Micro 6.2 and later is ID=sles: https://github.com/rancherlabs/support-tools/pull/476 */
function isTransactional({ id, variant, name }: Distro): boolean {
  return /micro|transactional/i.test(`${id} ${variant}`) || /\bMicro\b/.test(name)
}
