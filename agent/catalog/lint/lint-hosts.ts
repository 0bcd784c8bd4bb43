import { fixKeys } from '#agent/fixes/families.ts'
import { familyOf, imageDistroOf } from '#agent/model/distro.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Need } from '#agent/model/need.ts'
import { boundsOf } from '#agent/versions/range.ts'

/** Every distribution that a fix can be keyed by; all but one of them is of a family or is one image. */
const distributions: readonly string[] = fixKeys.filter((key) => key !== 'all')

/** Kubernetes' names of the architectures that hostdeps is built for. */
const architectures = ['amd64', 'arm64']

/**
 * The hosts between which needs may differ: every distribution; where they name some, each architecture that is built for
 * or named, and a kernel before, at and after each bound of the kernels that they are for.
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

/** Of some distributions the names, or that of a family where all of it are among them. */
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
