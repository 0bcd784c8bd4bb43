import { keysFor } from '../fixes/families.ts'
import { chooseFix } from '../fixes/render-fix.ts'
import type { Check } from '../model/check.ts'
import { needsAgainst } from '../model/conflict.ts'
import { writtenFixes } from '../model/judge.ts'
import type { Distro, Facts } from '../model/facts.ts'
import type { Need } from '../model/need.ts'
import { allNeeds } from './catalog.ts'
import type { Catalog } from './catalog.ts'
import type { Mistake } from './mistake.ts'

/** One host of each family and each image-based system: a shipped check must say how to mend every one of them. */
const hosts: readonly Facts[] = [
  host({ id: 'debian' }),
  host({ id: 'rocky', like: ['rhel', 'centos', 'fedora'] }),
  host({ id: 'sles', like: ['suse'] }),
  host({ id: 'alpine' }),
  host({ id: 'arch' }),
  host({ id: 'talos' }),
  host({ id: 'bottlerocket' }),
  host({ id: 'cos' }),
  host({ id: 'flatcar', like: ['coreos'] }),
  host({ id: 'nixos' }),
]

/**
 * What good shipped checks have beyond their form: a source for each fact, a fix for each distribution, and of a conflict
 * both sides.
 */
export function lintShipped(catalog: Catalog): Mistake[] {
  const shipped = [...catalog.values()].filter((check) => check.origin === 'shipped')
  return shipped.flatMap((check) => [
    ...check.needs.flatMap((need) =>
      need.type === 'check' ? [] : [...unsourced(check, need), ...unfixed(check, need)],
    ),
    ...allNeeds(check.needs).flatMap((need) => oneSided(check, need, catalog)),
  ])
}

/** Each side must know of the other, or its own fix undoes what the other wants. */
function oneSided(check: Check, need: Need, catalog: Catalog): Mistake[] {
  return Object.keys(need.conflicts)
    .filter((name) => needsAgainst(catalog.get(name)?.needs ?? [], check.name).length === 0)
    .map((name) => ({
      ...need.place,
      path: '',
      message: `${need.id} conflicts with ${name}, of which no need conflicts with ${check.name}`,
    }))
}

function unsourced(check: Check, need: Need): Mistake[] {
  if (need.source !== null || check.sources.length > 0) return []
  return [{ ...need.place, path: '', message: `${need.id} has no source, and neither has the check` }]
}

function unfixed(check: Check, need: Need): Mistake[] {
  const first = proposed(need)
  if (first.type === 'check') return []
  const fixes = [...writtenFixes(need, check, null), ...writtenFixes(first, check, null)]
  const without = hosts
    .filter((facts) => need.applies(facts) === null)
    .filter((facts) => fixes.every((fix) => chooseFix(fix, facts) === null))
    .map((facts) => keysFor(facts.distro)[0])
  if (without.length === 0) return []
  return [{ ...need.place, path: '', message: `${need.id} has no fix or note for ${without.join(', ')}` }]
}

/** Of alternatives the first: it is for hosts for which they have no fix in common. */
function proposed(need: Need): Need {
  const [inner] = need.type === 'anyOf' ? need.needs : []
  return inner ?? need
}

function host(distro: Partial<Distro>): Facts {
  return {
    hostname: null,
    distro: { id: null, like: [], version: null, variant: null, name: '', ...distro },
    kernel: '6.12.0',
    arch: 'amd64',
    now: 0,
    init: { type: 'systemd' },
    packages: 'unknown',
    reboot: null,
  }
}
