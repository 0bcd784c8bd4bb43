import { fixKeys } from '#agent/fixes/families.ts'
import { familyOf, imageDistroOf } from '#agent/model/distro.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Need } from '#agent/model/need.ts'
import { boundsOf } from '#agent/versions/range.ts'

/** Every distribution that can be a key of a fix; all but one belong to a family or are image-based. */
const distributions: readonly string[] = fixKeys.filter((key) => key !== 'all')

/** The architectures that hostdeps is built for, by Kubernetes' names. */
const architectures = ['amd64', 'arm64']

/**
 * The hosts on which needs may differ: every distribution; if the needs name architectures, each of those and each that we
 * build for; and a kernel before, at and after each bound that they name.
 */
export function hostsFor(needs: readonly Need[]): readonly Facts[] {
  const named = needs.flatMap(({ when }) => when.arch ?? [])
  const arches = named.length === 0 ? ['amd64'] : [...new Set([...architectures, ...named])]
  const bounds = needs.flatMap(({ when }) => (when.kernel === undefined ? [] : boundsOf(when.kernel)))
  const kernels = ['0', ...[...new Set(bounds)].flatMap((bound) => [bound, `${bound}.1`, '9999'])]
  return distributions.flatMap((id) =>
    arches.flatMap((arch) => kernels.map((kernel) => ({ ...hostOf(id), arch, kernel }))),
  )
}

/** Shortens a list of distributions: a family that is complete is named instead of its members. */
export function shortNames(ids: readonly string[]): readonly string[] {
  const named = ids.map((id) => {
    const family = familyOf(hostOf(id).distro)
    const isWhole = distributions.every(
      (other) => familyOf(hostOf(other).distro) !== family || ids.includes(other),
    )
    return family !== null && isWhole ? family : id
  })
  return [...new Set(named)]
}

function hostOf(id: string): Facts {
  const distro = { id, like: [], version: null, variant: null, name: id }
  const family = familyOf(distro)
  const imageBased = imageDistroOf(distro)
  return {
    hostname: null,
    distro: { ...distro, like: family === null || family === id ? [] : [family] },
    family,
    installer: imageBased === null ? 'unknown' : 'image',
    imageBased,
    container: null,
    kernel: null,
    arch: '',
    now: 0,
    init: { type: 'systemd' },
    packages: 'unknown',
    reboot: null,
  }
}
