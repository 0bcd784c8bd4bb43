import { describe, expect, test } from 'vitest'
import { kernelVersion } from '#agent/needs/kernel/kernel-version.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

const bad = ['>=6.1.63 <6.1.66']
const debianBanner =
  'Linux version 6.1.0-14-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.64-1 (2023-11-30)\n'

const rpiBanner =
  'Linux version 6.1.0-rpi7-rpi-v8 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT Debian 1:6.1.63-1+rpt1 (2023-11-24)\n'

describe('the version', () => {
  test.each([
    ['new enough', '6.1.0-50-amd64', { kernelVersion: '>=5.4' }, {}, 'KernelVersionOk'],
    ['numbers, not text', '5.15.0-91-generic', { kernelVersion: '>=5.4' }, {}, 'KernelVersionOk'],
    ['too old', '3.10.0-1160.el7.x86_64', { kernelVersion: '>=5.4' }, {}, 'KernelTooOld'],
    ['known bad', '6.1.64', { kernelVersion: '>=5.4', notIn: bad }, {}, 'KernelVersionBad'],
    ['past the bad ones', '6.1.66', { kernelVersion: '>=5.4', notIn: bad }, {}, 'KernelVersionOk'],
    [
      'bad under the name all of Debian 12 shares',
      '6.1.0-14-amd64',
      { kernelVersion: '>=5.4', notIn: bad },
      { '/proc/version': debianBanner },
      'KernelVersionBad',
    ],
    [
      'mended under that name',
      '6.1.0-15-amd64',
      { kernelVersion: '>=5.4', notIn: bad },
      { '/proc/version': debianBanner.replace('6.1.64-1', '6.1.66-1') },
      'KernelVersionOk',
    ],
    [
      'Raspberry Pi OS numbers with an epoch',
      '6.1.0-rpi7-rpi-v8',
      { kernelVersion: '>=6.1.21' },
      { '/proc/version': rpiBanner },
      'KernelVersionOk',
    ],
    [
      'Ubuntu tells in a file of its own',
      '5.15.0-91-generic',
      { kernelVersion: '>=5.4', notIn: ['=5.15.131'] },
      { '/proc/version_signature': 'Ubuntu 5.15.0-91.101-generic 5.15.131\n' },
      'KernelVersionBad',
    ],
    ...(
      [
        ['5.15.0-93-generic', 'KernelVersionOk'],
        ['5.15.0-94-generic', 'KernelVersionBad'],
        ['5.15.0-99-lowlatency', 'KernelVersionBad'],
        ['5.15.0-100-generic', 'KernelVersionOk'],
        ['5.15.0-1050-aws', 'KernelVersionOk'],
        ['6.8.0-79-generic', 'KernelVersionOk'],
      ] as const
    ).map(
      ([kernel, reason]) =>
        [
          `Ubuntu's own numbers: ${kernel}`,
          kernel,
          { kernelVersion: '>=5.4', notIn: ['>=5.15.0-94 <5.15.0-100'] },
          { '/proc/version_signature': `Ubuntu ${kernel} 5.15.136\n` },
          reason,
        ] as const,
    ),
    ...(
      [
        ['4.18.0-240.22.1.el8_3.x86_64', 'KernelTooOld'],
        ['4.18.0-305.el8.x86_64', 'KernelVersionOk'],
        ['4.18.0-553.16.1.el8_10.x86_64', 'KernelVersionOk'],
        ['5.14.0-70.el9.x86_64', 'KernelVersionOk'],
      ] as const
    ).map(
      ([kernel, reason]) =>
        [`RHEL's own numbers: ${kernel}`, kernel, { kernelVersion: '>=4.18.0-305' }, {}, reason] as const,
    ),
    [
      "the distribution's own number counts where the range has one",
      '5.15.0-97-generic',
      { kernelVersion: '<5.15.0-94 || >=5.15.0-100' },
      { '/proc/version_signature': 'Ubuntu 5.15.0-97.107-generic 5.15.136\n' },
      'KernelTooOld',
    ],
    ['that of RHEL 8.0', '4.18.0-80.el8.x86_64', { kernelVersion: '>=4.18.0-305' }, {}, 'KernelTooOld'],
    [
      'that of RHEL 8.4',
      '4.18.0-305.3.1.el8_4.x86_64',
      { kernelVersion: '>=4.18.0-305' },
      {},
      'KernelVersionOk',
    ],
    [
      'the compiler of Debian is not the kernel',
      '6.18.1',
      { kernelVersion: '>=6.18' },
      { '/proc/version': 'Linux version 6.18.1 (me@here) (gcc (Debian 12.2.0-14) 12.2.0) #1 SMP @0\n' },
      'KernelVersionOk',
    ],
  ] as const)('%s', (_, kernel, written, files, reason) => {
    expect(judgeOn(kernelVersion, written, { files, facts: { kernel } }).reason).toBe(reason)
  })

  const candidate = { '/proc/version': debianBanner.replace('6.1.64-1', '6.12~rc6-1~exp1') }
  test.each<[string, Record<string, string>]>([
    ['6.12~rc6-amd64', candidate],
    ['6.12-amd64', candidate],
    ['6.12.0-0.rc3.20241018git4d939780b705.30.fc42.x86_64', {}],
    ['6.12.0-rc3-1-default', {}],
    ['6.12rc3-1-mainline', {}],
    ['6.12.0-3-generic', { '/proc/version_signature': 'Ubuntu 6.12.0-3.3-generic 6.12.0-rc3\n' }],
  ])('a candidate is before the release, and after the one before it: %s', (kernel, files) => {
    const say = (range: string) =>
      judgeOn(kernelVersion, { kernelVersion: range }, { files, facts: { kernel } }).reason
    expect([say('>=6.12'), say('>=6.11.9')]).toEqual(['KernelTooOld', 'KernelVersionOk'])
  })

  test('the message names both versions, the evidence what is wrong', () => {
    const written = { kernelVersion: '>=5.4', notIn: bad, note: 'ext4 loses data' }
    const files = { '/proc/version': debianBanner }
    expect(judgeOn(kernelVersion, written, { files, facts: { kernel: '6.1.0-14-amd64' } })).toMatchObject({
      message: 'kernel 6.1.0-14-amd64 (6.1.64) is in the known-bad range >=6.1.63 <6.1.66',
      evidence: ['ext4 loses data'],
    })
  })
})

describe('fates, when the facts have no version', () => {
  const at = '/proc/sys/kernel/osrelease'

  test.each(unansweredFates)('%s is unknown, and says why', (fate) => {
    const verdict = judgeOn(
      kernelVersion,
      { kernelVersion: '>=5.4' },
      { files: { [at]: fate }, facts: { kernel: null } },
    )
    expect(verdict).toMatchObject({ state: 'unknown', message: expect.stringContaining(`${at}: ${fate}`) })
  })

  test.each([
    ['absent', {}],
    ['empty', { [at]: '\n' }],
  ])('%s is unknown', (_, files) => {
    expect(judgeOn(kernelVersion, { kernelVersion: '>=5.4' }, { files, facts: { kernel: null } }).state).toBe(
      'unknown',
    )
  })

  test('read now, it counts', () => {
    const host = { files: { [at]: '6.1.0-50-amd64\n' }, facts: { kernel: null } }
    expect(judgeOn(kernelVersion, { kernelVersion: '>=5.4' }, host).state).toBe('ready')
  })
})

test.each([
  ['no operator', { kernelVersion: '5.4' }],
  ['a bad range that is none', { kernelVersion: '>=5.4', notIn: ['6.1'] }],
  ['an unknown key', { kernelVersion: '>=5.4', not: ['<6'] }],
])('refused: %s', (_, written) => {
  expect(kernelVersion.schema.safeParse(written).success).toBe(false)
})

test('a kernel that is known to be bad is updated, one that is too old replaced', () => {
  const spec = kernelVersion.schema.parse({ kernelVersion: '>=5.4', notIn: ['>=6.5.6 <6.5.7'] })
  expect(kernelVersion.genericFix?.(spec, 'KernelVersionBad')?.['all']?.note).toContain('known to be bad')
  expect(kernelVersion.genericFix?.(spec, 'KernelTooOld')?.['all']?.kernel).toEqual({ isWithout: true })
})
