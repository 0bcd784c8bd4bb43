import { memoizeLast } from './memoize-last.ts'
import { plainLine } from './plain.ts'

export interface Distro {
  /** os-release(5) ID in lower case; null when os-release could not be read. */
  readonly id: string | null
  readonly like: readonly string[]
  readonly version: string | null
  readonly variant: string | null
  readonly name: string
}

/** The ids of os-release that belong to a family although their ID_LIKE may not say so. */
export const families: Readonly<Record<string, readonly string[]>> = {
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

/** Distributions that are one image, by their ID: nothing can be added to them, and a fix is written for each of them. */
export const imageDistros = ['talos', 'bottlerocket', 'cos', 'flatcar', 'nixos'] as const

export type ImageDistro = (typeof imageDistros)[number]

export function imageDistroOf({ id }: Distro): ImageDistro | null {
  return imageDistros.find((one) => one === id) ?? null
}

/** ID first, then ID_LIKE, in their order: the names under which a host is known. */
export function distroNames(distro: Distro): readonly string[] {
  return distro.id === null ? [] : [distro.id, ...distro.like]
}

export const familyOf = memoizeLast((distro: Distro): string | null => {
  for (const name of distroNames(distro)) {
    const family = Object.keys(families).find((key) => families[key]?.includes(name))
    if (family !== undefined) return family
  }
  return null
})

/** https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
export function parseOsRelease(text: string): Distro {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, key, raw] = /^([A-Z0-9_]+)=(.*)$/s.exec(line.trim()) ?? []
    if (key !== undefined && raw !== undefined) values.set(key, plainLine(unquote(raw)))
  }
  const id = (values.get('ID') || 'linux').toLowerCase()
  return {
    id,
    like: (values.get('ID_LIKE') ?? '').toLowerCase().split(/\s+/).filter(Boolean),
    version: values.get('VERSION_ID') || null,
    variant: values.get('VARIANT_ID') || null,
    name: values.get('PRETTY_NAME') || id,
  }
}

function unquote(raw: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(raw)
  return (quoted?.[2] ?? raw).replace(/\\(["'$`\\])/g, '$1')
}
