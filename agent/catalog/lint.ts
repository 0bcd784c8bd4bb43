import { keysFor } from '../fixes/families.ts'
import { chooseFix } from '../fixes/render-fix.ts'
import type { Check } from '../model/check.ts'
import { writtenFixes } from '../model/judge.ts'
import type { Distro, Facts } from '../model/facts.ts'
import type { Need } from '../model/need.ts'
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

/** What a good shipped check has beyond its form: a source for each fact, and a fix for each distribution. */
export function lintCheck(check: Check): Mistake[] {
  return check.needs.flatMap((need) =>
    need.type === 'check' ? [] : [...unsourced(check, need), ...unfixed(check, need)],
  )
}

function unsourced(check: Check, need: Need): Mistake[] {
  if (need.source !== null || check.sources.length > 0) return []
  return [{ ...need.place, path: '', message: `${need.id} has no source, and neither has the check` }]
}

function unfixed(check: Check, need: Need): Mistake[] {
  if (proposed(need).type === 'check') return []
  const without = hosts
    .filter((facts) => need.applies(facts) === null)
    .filter((facts) => fixesOf(check, need).every((fix) => chooseFix(fix, facts) === null))
    .map((facts) => keysFor(facts.distro)[0])
  if (without.length === 0) return []
  return [{ ...need.place, path: '', message: `${need.id} has no fix or note for ${without.join(', ')}` }]
}

function fixesOf(check: Check, need: Need) {
  return writtenFixes(proposed(need), check, null)
}

/** Of alternatives the first, unless they have a fix in common. */
function proposed(need: Need): Need {
  const [inner] = need.type === 'anyOf' && need.fix === null ? need.needs : []
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
