import { distroNames } from '#agent/model/distro.ts'
import type { FixFacts } from '#agent/model/facts.ts'
import type { Fix } from '#agent/model/fix.ts'
import { originOf } from './kernels.ts'

/**
 * For modules that the running kernel has no files of: the package where its maker keeps what few need, or a note where
 * there is no such package. Sources: https://github.com/k3s-io/k3s-ansible/issues/419 (RHEL 10)
 * https://blogs.oracle.com/linux/uek8-packaging https://docs.aws.amazon.com/linux/al2023/ug/kernel-update.html
 * https://wiki.alpinelinux.org/wiki/Kernels https://github.com/k3s-io/k3s-ansible/pull/346 (Raspberry Pi)
 * https://github.com/actions/runner-images/issues/8080 (which kernels of Ubuntu have one)
 * https://github.com/kairos-io/kairos/pull/3610 (Ubuntu 25.10)
 */
export function addAbsent(names: readonly string[], facts: FixFacts): Fix {
  const origin = originOf(facts)
  if (origin.type === 'maker') {
    const { name, way } = origin.of
    return {
      note: `This is ${name}, and no package of the distribution adds ${listed(names)} to it: ${way}.`,
    }
  }
  const found = packageOf(names, facts)
  return 'packages' in found ? { ...found, modules: names } : found
}

function packageOf(names: readonly string[], facts: FixFacts): Fix {
  switch (facts.family) {
    case 'debian':
      return isUbuntu(facts) ? ofUbuntu(names, facts) : ofDebian(names, facts)
    case 'rhel':
      return ofRedHat(names, facts)
    case 'suse':
      return { note: `Replace kernel-default-base by kernel-default and ${fullKernel}` }
    case 'alpine':
      return { note: `Replace linux-virt by linux-lts and ${fullKernel}` }
    default:
      return { note: `Boot a kernel of the distribution that has ${listed(names)}.` }
  }
}

const fullKernel = 'boot it; a smaller kernel leaves modules out.'

function isUbuntu({ distro, kernel }: FixFacts): boolean {
  return distroNames(distro).includes('ubuntu') && !/-(amd64|arm64)$/.test(kernel ?? '')
}

/** Clouds' kernels whose package of further modules has one that follows each update. */
const clouds = ['aws', 'azure', 'gcp', 'gke', 'oracle']

function ofUbuntu(names: readonly string[], { kernel }: FixFacts): Fix {
  const flavour = /-([a-z]+)\d*$/.exec(kernel ?? '')?.[1] ?? 'generic'
  if (flavour === 'raspi' && !isBefore(kernel, 6, 7)) return ofWhole(names)
  if (['generic', 'server'].includes(flavour) && !isBefore(kernel, 6, 15)) return ofWhole(names)
  if (['kvm', 'lowlatency', 'oem', 'virtual'].includes(flavour))
    return {
      note: `The kernel for ${flavour} has no package of further modules: install linux-image-generic and ${fullKernel}`,
    }
  const packages = ['linux-modules-extra-$(uname -r)']
  return clouds.includes(flavour)
    ? { packages, note: `linux-modules-extra-${flavour} brings them to each later kernel too.` }
    : { packages }
}

/** Newer ones have no package of further modules. */
function ofWhole(names: readonly string[]): Fix {
  return {
    note: `All modules of this kernel are in linux-modules-$(uname -r): where ${listed(names)} is not, reinstall that, or boot a newer kernel.`,
  }
}

function ofDebian(names: readonly string[], { kernel, arch }: FixFacts): Fix {
  if (kernel !== null && !/-cloud-/.test(kernel))
    return { note: `Boot a kernel of the distribution that has ${listed(names)}.` }
  const image = `linux-image-${kernel === null ? 'amd64 or linux-image-arm64' : arch}`
  return { note: `Where a cloud kernel runs, install ${image} and ${fullKernel}` }
}

function ofRedHat(names: readonly string[], facts: FixFacts): Fix {
  const kernel = facts.kernel ?? ''
  const extra = (prefix: string): Fix => ({ packages: [`${prefix}-modules-extra-$(uname -r)`] })
  const variant = /\+(rt|64k)$/.exec(kernel)?.[1]
  if (variant !== undefined) return { packages: [`kernel-${variant}-modules-extra`] }
  if (/\.elrepo\./.test(kernel))
    return {
      note: 'Install kernel-ml-modules-extra or kernel-lt-modules-extra of ELRepo, as the running kernel is.',
    }
  if (/\.(azl|cm|amzn2|el7)\b|\.(azl|cm)\d/.test(kernel) || isWithoutExtra(facts))
    return {
      note: `Boot a kernel of the distribution that has ${listed(names)}: there is no package of further modules.`,
    }
  if (facts.distro.id === 'amzn') return ofAmazon(kernel)
  const isUek = kernel.includes('uek') || (facts.distro.id === 'ol' && !/\.el\d/.test(kernel))
  return extra(isUek ? 'kernel-uek' : 'kernel')
}

function isWithoutExtra({ distro, kernel }: FixFacts): boolean {
  return kernel === null && ['azurelinux', 'mariner'].includes(distro.id ?? '')
}

function ofAmazon(kernel: string): Fix {
  const series = /^6\.(\d+)\./.exec(kernel)
  const prefix = series !== null && Number(series[1]) > 1 ? `kernel6.${series[1]}` : 'kernel'
  return { packages: [`${prefix}-modules-extra-$(uname -r)`] }
}

function isBefore(kernel: string | null, major: number, minor: number): boolean {
  const [, first, second] = /^(\d+)\.(\d+)/.exec(kernel ?? '') ?? []
  if (first === undefined) return true
  return Number(first) < major || (Number(first) === major && Number(second) < minor)
}

function listed(names: readonly string[]): string {
  return names.join(', ')
}
