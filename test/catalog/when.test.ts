import { expect, test } from 'vitest'
import { whyNot } from '#agent/catalog/when.ts'
import { parseOsRelease } from '#agent/model/distro.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { When } from '#agent/model/need.ts'
import { debian } from '../needs/memory-host.ts'

const rocky = { ...debian, distro: parseOsRelease('ID=rocky\nID_LIKE="rhel centos fedora"') }
const nameless = { ...debian, kernel: null, distro: { ...debian.distro, id: null } }

test.each<[When, Facts, string | null]>([
  [{}, debian, null],
  [{ os: ['debian'] }, debian, null],
  [{ os: ['alpine', 'rhel'] }, rocky, null],
  [{ os: ['alpine', 'suse'] }, rocky, 'only for alpine, suse'],
  [{ os: ['debian'] }, nameless, 'only for debian'],
  [{ notOs: ['talos'] }, debian, null],
  [{ notOs: ['rhel'] }, rocky, 'not for rhel'],
  [{ notOs: ['talos'] }, nameless, null],
  [{ arch: ['amd64'] }, debian, null],
  [{ arch: ['arm64'] }, debian, 'only for arm64'],
  [{ kernel: '>=6' }, debian, null],
  [{ kernel: '<6' }, debian, 'only for kernel <6'],
  [{ kernel: '>=6' }, nameless, 'only for kernel >=6'],
  [{ kernel: '>=6.1.63' }, debian, 'only for kernel >=6.1.63'],
  [{ kernel: '>=6.1.63' }, { ...debian, upstream: '6.1.64' }, null],
  [{ kernel: '<6.1.0-51' }, { ...debian, upstream: '6.1.64' }, null],
  [{ kernel: '>=6.12' }, { ...debian, kernel: '6.12-amd64', upstream: '6.12~rc6' }, 'only for kernel >=6.12'],
  [{ os: ['debian'], arch: ['arm64'] }, debian, 'only for arm64'],
])('%j', (when, facts, wanted) => {
  expect(whyNot(when, facts)).toBe(wanted)
})
