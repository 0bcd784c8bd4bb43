import { describe, expect, test } from 'vitest'
import { compareApkVersions } from '../../agent/versions/apk.ts'
import { compareDebVersions } from '../../agent/versions/deb.ts'
import { compareDottedVersions, findVersion } from '../../agent/versions/dotted.ts'
import { compareKernelVersions } from '../../agent/versions/kernel.ts'
import type { Compare } from '../../agent/versions/order.ts'
import { comparePacmanVersions } from '../../agent/versions/pacman.ts'
import { compareRpmVersions, rpmvercmp } from '../../agent/versions/rpm.ts'

/** "a < b" or "a = b" a line: what each tool's own tests and documents say. */
const tables: Record<string, { compare: Compare; pairs: string[] }> = {
  deb: {
    compare: compareDebVersions,
    pairs: [
      '1.0 = 1.0',
      '1.0 = 0:1.0',
      '1.0-0 = 1.0',
      '0 < 0.0-0',
      '1.2 < 1.10',
      '1.0~rc1 < 1.0',
      '1.0~~ < 1.0~',
      '1.0~~ < 1.0~~a',
      '1.0 < 1.0+b1',
      '1.0a < 1.0b',
      '1.0a < 1.0+',
      '2.0 < 1:1.0',
      '1.0-1 < 1.0-1.1',
      '1.0-1 < 1.0-10',
      '1.001 = 1.1',
      '2.36-9+deb12u4 < 2.36-9+deb12u10',
      '1.0-1~bpo12+1 < 1.0-1',
      '1.0-2 < 1.0-1-1',
      'a < a0a',
      '1.0.0 < 1.0.0a',
    ],
  },
  rpm: {
    compare: rpmvercmp,
    pairs: [
      '1.0 = 1.0',
      '1.0 < 2.0',
      '2.0 < 2.0.1',
      '2.0.1 < 2.0.1a',
      '5.5p1 < 5.5p2',
      '5.5p1 < 5.5p10',
      '10xyz < 10.1xyz',
      'xyz10 < xyz10.1',
      'xyz.4 < 8',
      'xyz.4 < 2',
      '5.5p2 < 5.6p1',
      '5.6p1 < 6.5p1',
      '6.0 < 6.0.rc1',
      '10a2 < 10b2',
      '1.0a < 1.0aa',
      '10.0001 = 10.1',
      '10.0001 < 10.0039',
      '4.999.9 < 5.0',
      '20101121 < 20101122',
      '2_0 = 2.0',
      'a = a',
      'a+ = a_',
      '+ = _',
      '1.0~rc1 = 1.0~rc1',
      '1.0~rc1 < 1.0',
      '1.0~rc1 < 1.0~rc2',
      '1.0~rc1~git123 < 1.0~rc1',
      '1.0 < 1.0^',
      '1.0^ = 1.0^',
      '1.0 < 1.0^git1',
      '1.0^git1 < 1.0^git2',
      '1.0^git1 < 1.01',
      '1.0^20160101 < 1.0.1',
      '1.0^20160101^git1 < 1.0^20160102',
      '1.0~rc1 < 1.0~rc1^git1',
      '1.0^git1~pre < 1.0^git1',
      'a < 1',
    ],
  },
  'rpm with epoch and release': {
    compare: compareRpmVersions,
    pairs: [
      '1.0-1 = 0:1.0-1',
      '1.0-1 < 1:0.1-1',
      '1.0-1 < 1.0-2',
      '1.0 = 1.0-99',
      '5.14.0-70.el9 < 5.14.0-427.el9',
    ],
  },
  apk: {
    compare: compareApkVersions,
    pairs: [
      '2.34 < 2.35',
      '2.34 = 2.34',
      '1.2.3 < 1.2.3.4',
      '0.1.0_alpha < 0.1.0_alpha1',
      '0.1.0_alpha < 0.1.3_alpha',
      '1.0_alpha < 1.0_beta',
      '1.0_beta < 1.0_pre',
      '1.0_pre < 1.0_rc',
      '1.0_rc1 < 1.0',
      '1.0 < 1.0_p1',
      '1.0_p1 < 1.0_p2',
      '1.0-r0 < 1.0-r1',
      '1.0 < 1.0a',
      '1.0a < 1.0b',
      '2.36.1-r9 < 2.36.1-r10',
      '1.0_git20240101 < 1.0_p1',
      '1.0 < 1.0_git20240101',
      '0.12.1 < 0.12.3',
      '6.0_pre1 < 6.0',
    ],
  },
  pacman: {
    compare: comparePacmanVersions,
    pairs: [
      '1.5.0 = 1.5.0',
      '1.5.0 < 1.5.1',
      '1.5 < 1.5.1',
      '1.5.0-1 = 1.5.0-1',
      '1.5.0-1 < 1.5.0-2',
      '1.5.0-1 < 1.5.1-1',
      '1.5 = 1.5-1',
      '1.5b < 1.5',
      '1.5b < 1.5.1',
      '1.0a < 1.0alpha',
      '1.0alpha < 1.0b',
      '1.0b < 1.0beta',
      '1.0beta < 1.0rc',
      '1.0rc < 1.0',
      '1.5.a < 1.5.1',
      '0:1.0 = 1.0',
      '1.0 < 1:1.0',
      '1.0-1 < 1:0.1-1',
      '2 < 2.0',
      '18 < 18.0.1',
    ],
  },
  kernel: {
    compare: compareKernelVersions,
    pairs: [
      '5.4 = 5.4.0',
      '5.4.0-150-generic < 5.15',
      '6.1.0-17-amd64 = 6.1',
      '5.14.0-427.el9.x86_64 < 5.15',
      '6.2.0-rc3 < 6.2',
      '6.2-rc3 < 6.2.0-rc4',
      '6.9 < 6.10',
      '6.18.44-fc-v669 < 6.19',
      '5.15.0-1014-aws < 5.15.1',
      '3.10.0-1160.el7.x86_64 < 4',
    ],
  },
  dotted: {
    compare: compareDottedVersions,
    pairs: ['1.2 < 1.10', 'v1.2 = 1.2', '2.1.8 < 2.1.9', '1.8.9 < 1.9', '2.1 < 2.1.1'],
  },
}

describe.each(Object.entries(tables))('%s', (_, { compare, pairs }) => {
  test.each(pairs)('%s', (pair) => {
    const [a = '', sign, b = ''] = pair.split(' ')
    const order = sign === '=' ? 0 : -1
    expect(compare(a, b)).toBe(order)
    expect(compare(b, a)).toBe(order === 0 ? 0 : 1)
  })
})

test.each([
  ['iscsiadm version 2.1.8', '2.1.8'],
  ['iptables v1.8.9 (nf_tables)', '1.8.9'],
  ['nftables v1.0.6 (Lester Gooch #5)', '1.0.6'],
  ['conntrack v1.4.7 (conntrack-tools)', '1.4.7'],
  ['mount.nfs: (linux nfs-utils 2.6.2)', '2.6.2'],
  ['cryptsetup 2.6.1 flags: UDEV BLKID KEYRING', '2.6.1'],
  ['containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u1', '1.6.20'],
  ['runc version 1.1.5+ds1\ncommit: 1.1.5', '1.1.5'],
  ['tool 3.0-rc1 (build 7)', '3.0-rc1'],
  ['no number at all', null],
  ['version 7', null],
])('the version in %j', (output, version) => {
  expect(findVersion(output)).toBe(version)
})
