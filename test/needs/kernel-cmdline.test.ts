import { describe, expect, test } from 'vitest'
import { kernelCmdline, splitCommandLine } from '#agent/needs/kernel/kernel-cmdline.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

// In the form of a Debian 12 node; the identifiers are made up.
const line =
  'BOOT_IMAGE=/vmlinuz root=UUID=0a1b-2c ro quiet console=tty0 console=ttyS0,115200n8 intel_iommu=on,sm_on ' +
  'mitigations=off mitigations=auto iommu=soft iommu=pt transparent-hugepage=never token=s3cr3t dyndbg="file a.c +p" -- nomodeset\n'

describe('a parameter', () => {
  test.each([
    ['alone', 'quiet', 'CmdlineFound'],
    ['by its name, with any value', 'root', 'CmdlineFound'],
    ['with its value', 'iommu=pt', 'CmdlineFound'],
    ['with one of its values', 'intel_iommu=on', 'CmdlineFound'],
    ['with all of its values', 'intel_iommu=on,sm_on', 'CmdlineFound'],
    ['half a value is none', 'intel_iommu=sm', 'CmdlineOtherValue'],
    ['the last one holds', 'mitigations=off', 'CmdlineOtherValue'],
    ['but consoles add up', 'console=tty0', 'CmdlineFound'],
    ['- and _ in a name are one', 'transparent_hugepage=never', 'CmdlineFound'],
    ['a value with spaces', 'dyndbg=file a.c +p', 'CmdlineFound'],
    ['a value that it lacks', 'quiet=1', 'CmdlineOtherValue'],
    ['half a name is none', 'hugepage', 'CmdlineNotFound'],
    ['what is for the init', 'nomodeset', 'CmdlineNotFound'],
    ['any of two', { anyOf: ['amd_iommu=on', 'intel_iommu=on'] }, 'CmdlineFound'],
    ['none of two', { anyOf: ['amd_iommu=on', 'smmu'] }, 'CmdlineNotFound'],
    ['unwanted and not there', { absent: 'nosmt' }, 'CmdlineAbsent'],
    ['unwanted with a value that it does not have', { absent: 'mitigations=off' }, 'CmdlineAbsent'],
    ['unwanted and there', { absent: 'quiet' }, 'CmdlineNotWanted'],
  ])('%s', (_, written, reason) => {
    const verdict = judgeOn(kernelCmdline, { kernelCmdline: written }, { files: { '/proc/cmdline': line } })
    expect(verdict.reason).toBe(reason)
  })

  test.each<[string, string, unknown, string]>([
    [
      'of two for systemd the last holds',
      'systemd.unified_cgroup_hierarchy=0 systemd.unified_cgroup_hierarchy=1',
      'systemd.unified_cgroup_hierarchy=0',
      'CmdlineOtherValue',
    ],
    [
      'also where it must not be',
      'systemd.unified_cgroup_hierarchy=0 systemd.unified_cgroup_hierarchy=1',
      { absent: 'systemd.unified_cgroup_hierarchy=0' },
      'CmdlineAbsent',
    ],
    [
      'what it is to mask adds up',
      'systemd.mask=a.service systemd.mask=b.service',
      'systemd.mask=a.service',
      'CmdlineFound',
    ],
    ['of two for dracut the last holds', 'rd.neednet=1 rd.neednet=0', 'rd.neednet=1', 'CmdlineOtherValue'],
    ['its volumes add up', 'rd.lvm.lv=a/root rd.lvm.lv=a/swap', 'rd.lvm.lv=a/root', 'CmdlineFound'],
    [
      'what modprobe must not load adds up',
      'modprobe.blacklist=a modprobe.blacklist=b,c',
      'modprobe.blacklist=a',
      'CmdlineFound',
    ],
    ['pci is read each time', 'pci=realloc pci=noaer', 'pci=realloc', 'CmdlineFound'],
    ['and so is intel_iommu', 'intel_iommu=on intel_iommu=sm_on', 'intel_iommu=on', 'CmdlineFound'],
    [
      'two values of it may stand apart',
      'intel_iommu=sm_on intel_iommu=on',
      'intel_iommu=on,sm_on',
      'CmdlineFound',
    ],
    ['one of them is wanting', 'intel_iommu=on', 'intel_iommu=on,sm_on', 'CmdlineOtherValue'],
    ['off takes back what on said', 'intel_iommu=on intel_iommu=off', 'intel_iommu=on', 'CmdlineOtherValue'],
    ['and on what off said', 'amd_iommu=off amd_iommu=on', { absent: 'amd_iommu=off' }, 'CmdlineAbsent'],
    ['in one word, too', 'intel_iommu=sm_on,on,sm_off', 'intel_iommu=sm_on', 'CmdlineOtherValue'],
    ['nopt takes back pt', 'iommu=pt iommu=nopt', 'iommu=pt', 'CmdlineOtherValue'],
    ['and pt nopt', 'iommu=nopt iommu=pt', 'iommu=pt', 'CmdlineFound'],
    ['noaer is no answer to aer of another name', 'pci=nomsi pci=noaer', 'pci=nomsi', 'CmdlineFound'],
    [
      'consoles are not taken apart',
      'console=ttyS0,115200n8 console=tty0',
      'console=ttyS0,115200n8',
      'CmdlineFound',
    ],
  ])('given more than once: %s', (_, given, written, reason) => {
    const files = { '/proc/cmdline': `${given}\n` }
    expect(judgeOn(kernelCmdline, { kernelCmdline: written }, { files }).reason).toBe(reason)
  })

  test('a value that the need does not name is not quoted', () => {
    const verdict = judgeOn(kernelCmdline, { kernelCmdline: 'token=x' }, { files: { '/proc/cmdline': line } })
    expect(verdict.message).toBe('the kernel was booted with another value of token; it needs token=x')
    expect(JSON.stringify(verdict)).not.toContain('s3cr3t')
  })

  test('an empty command line has none', () => {
    const verdict = judgeOn(kernelCmdline, { kernelCmdline: 'quiet' }, { files: { '/proc/cmdline': '\n' } })
    expect(verdict).toMatchObject({ state: 'missing', message: 'the kernel was booted without quiet' })
  })
})

describe('fates', () => {
  test.each(['absent', ...unansweredFates])('%s is unknown', (fate) => {
    const files: Record<string, string> = fate === 'absent' ? {} : { '/proc/cmdline': fate }
    expect(judgeOn(kernelCmdline, { kernelCmdline: 'quiet' }, { files }).state).toBe('unknown')
    expect(judgeOn(kernelCmdline, { kernelCmdline: { absent: 'quiet' } }, { files }).state).toBe('unknown')
  })
})

test('quotes hold together what they are around', () => {
  expect(splitCommandLine('a="b c" "d=e f" g="h')).toEqual([
    { name: 'a', value: 'b c' },
    { name: 'd', value: 'e f' },
    { name: 'g', value: 'h' },
  ])
})

test.each([
  ['two words', 'quiet splash'],
  ['no name', '=on'],
  ['nothing', ''],
  ['wanted and unwanted', { anyOf: ['quiet'], absent: 'quiet' }],
  ['none', { anyOf: [] }],
])('refused: %s', (_, written) => {
  expect(kernelCmdline.schema.safeParse({ kernelCmdline: written }).success).toBe(false)
})
