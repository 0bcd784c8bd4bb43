import { describe, expect, test } from 'vitest'
import { containerdConfig } from '#agent/needs/containerd/containerd-config.ts'
import { cpuFeature } from '#agent/needs/cpu-feature.ts'
import { file } from '#agent/needs/places/file.ts'
import { kernelModule } from '#agent/needs/kernel/kernel-module.ts'
import { multipathConf } from '#agent/needs/multipath/multipath-conf.ts'
import { parseMultipath } from '#agent/needs/multipath/multipath-file.ts'
import { nfsMount } from '#agent/needs/nfs-mount.ts'
import { nvidiaDriver } from '#agent/needs/nvidia-driver.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

const disk = {
  vendor: 'IET',
  product: 'VIRTUAL-DISK',
  protocol: 'scsi:iscsi',
  wwid: '360000000000000000e00000000010001',
  devnodes: ['sdb', 'sdz'],
}
const main = '/etc/multipath.conf'

describe('multipath.conf', () => {
  test('is read as multipathd reads it', () => {
    const text = 'defaults {\n a "x ""y"" # z" ! no\n}\nblacklist{\n device {\n vendor IET\n }\n}\n# end'
    expect(parseMultipath(text)).toEqual({
      settings: [
        { sections: ['defaults'], block: 1, keyword: 'a', value: 'x "y" # z' },
        { sections: ['blacklist', 'device'], block: 3, keyword: 'vendor', value: 'IET' },
      ],
      isDoubtful: false,
    })
  })

  const inside = (section: string, ...lines: string[]) => `${section} {\n${lines.join('\n')}\n}\n`
  test.each([
    ['nothing is left out', 'defaults {\n}\n', 'MultipathTakes'],
    ['by vendor alone', inside('blacklist', 'device {', 'vendor "IET"', '}'), 'MultipathLeavesOut'],
    [
      'by another product',
      inside('blacklist', 'device {', 'vendor IET', 'product DVD', '}'),
      'MultipathTakes',
    ],
    ['by what it is not', inside('blacklist', 'devnode "!^nvme"'), 'MultipathLeavesOut'],
    ['by one of its names', inside('blacklist', 'devnode ^sdb'), 'MultipathTakes'],
    [
      'by name, with an exception of another way',
      inside('blacklist', 'devnode ^sd') + inside('blacklist_exceptions', 'wwid ".*"'),
      'MultipathLeavesOut',
    ],
    [
      'by name, with an exception for it',
      inside('blacklist', 'devnode ^sd') + inside('blacklist_exceptions', 'devnode ^sd[a-z]$'),
      'MultipathTakes',
    ],
    [
      'by the products of its vendor',
      inside('devices', 'device {', 'vendor IET', 'product_blacklist "VIRTUAL.*"', '}'),
      'MultipathLeavesOut',
    ],
    ['by a pattern that cannot be read', inside('blacklist', 'wwid "("'), 'QuestionFailed'],
    ['by a property of udev', inside('blacklist', 'property ID_ATA'), 'QuestionFailed'],
  ])('%s', (_, text, reason) => {
    const written = { multipathConf: { leavesOut: disk } }
    expect(judgeOn(multipathConf, written, { files: { [main]: text } }).reason).toBe(reason)
  })

  test('with find_multipaths a disk of one path is taken only when it was joined before', () => {
    const judged = (wwid: string) =>
      judgeOn(
        multipathConf,
        { multipathConf: { leavesOut: disk } },
        {
          files: { [main]: 'defaults {\nfind_multipaths strict\n}\n', '/etc/multipath/wwids': `/${wwid}/\n` },
        },
      ).reason
    expect(judged('36001405abc')).toBe('MultipathLeavesOut')
    expect(judged('360000000000000000e00000000050001')).toBe('MultipathTakes')
  })
})

test.each([
  ['cri is off', 'disabled_plugins = ["cri"]', { cri: true }, 'ContainerdCriOff'],
  [
    'another plugin is off',
    'disabled_plugins = ["io.containerd.nri.v1.nri"]',
    { cri: true },
    'ContainerdCri',
  ],
  ['an import is elsewhere', 'imports = ["/srv/x.toml"]', { cri: true }, 'QuestionFailed'],
  [
    'an import is elsewhere, and cri off',
    'imports = ["/srv/x.toml"]\ndisabled_plugins = ["cri"]',
    { cri: true },
    'ContainerdCriOff',
  ],
  ['it is not TOML', 'disabled_plugins = [', { cri: true }, 'QuestionFailed'],
  ['version 1', '[plugins.cri]\nsystemd_cgroup = true', { systemdCgroup: true }, 'ContainerdSystemd'],
  ['nothing is said of cgroups', 'version = 2', { systemdCgroup: true }, 'ContainerdNotSystemd'],
])('containerd: %s', (_, text, containerd, reason) => {
  const files = { '/etc/containerd/config.toml': `${text}\n` }
  expect(judgeOn(containerdConfig, { containerdConfig: containerd }, { files }).reason).toBe(reason)
})

test('containerd: a section of an import replaces that of the main file', () => {
  const section = "[plugins.'io.containerd.cri.v1.runtime'.containerd"
  const files = {
    '/etc/containerd/config.toml': `imports = ['conf.d/*.toml']\n${section}.runtimes.runc.options]\nSystemdCgroup = true\n`,
    '/etc/containerd/conf.d/x.toml': `${section}]\ndefault_runtime_name = 'runc'\n`,
  }
  const said = judgeOn(containerdConfig, { containerdConfig: { systemdCgroup: true } }, { files })
  expect(said.reason).toBe('ContainerdNotSystemd')
})

test('NFS: what two files say differently is not known', () => {
  const line = (version: number) => `[NFSMount_Global_Options]\nDefaultvers=${version}\n`
  const files = { '/etc/nfsmount.conf': line(4), '/etc/nfsmount.conf.d/a.conf': line(3) }
  expect(judgeOn(nfsMount, { nfsMount: { minVersion: 4 } }, { files }).reason).toBe('QuestionFailed')
})

test.each(unansweredFates)('%s proves nothing', (fate) => {
  const state = (...[kind, written, path]: [Parameters<typeof judgeOn>[0], unknown, string]) =>
    judgeOn(kind, written, { files: { [path]: fate } }).state
  expect(state(multipathConf, { multipathConf: { leavesOut: disk } }, main)).toBe('unknown')
  expect(state(multipathConf, { multipathConf: { findMultipaths: 'no' } }, '/etc/multipath/conf.d')).toBe(
    'unknown',
  )
  expect(state(containerdConfig, { containerdConfig: { cri: true } }, '/etc/containerd/config.toml')).toBe(
    'unknown',
  )
  expect(state(nfsMount, { nfsMount: { minVersion: 4 } }, '/etc/nfsmount.conf.d')).toBe('unknown')
  expect(state(nvidiaDriver, { nvidiaDriver: 'matching' }, '/proc/driver/nvidia/version')).toBe('unknown')
})

test.each([
  ['updates/dkms/zfs.ko', '[integrity]', 'ModuleUnsigned'],
  ['extra/zfs.ko', '[confidentiality]', 'ModuleUnsigned'],
  ['weak-updates/zfs/zfs.ko', 'none [integrity]', 'ModuleUnsigned'],
  ['kernel/zfs/zfs.ko', '[integrity]', 'ModuleLoadable'],
  ['updates/dkms/zfs.ko', '[none] integrity confidentiality', 'ModuleLoadable'],
])('module %s while lockdown is %s: %s', (path, lockdown, reason) => {
  const folder = '/lib/modules/6.1.0-50-amd64'
  const files = {
    '/proc/modules': 'loop 1 0 - Live 0x0\n',
    '/sys/kernel/security/lockdown': `${lockdown}\n`,
    [`${folder}/modules.dep`]: `${path}:\n`,
    [`${folder}/modules.builtin`]: 'kernel/a.ko\n',
  }
  expect(judgeOn(kernelModule, { kernelModule: 'zfs' }, { files }).reason).toBe(reason)
})

test.each([
  ['x86-64-v2', 'cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3', 'the CPU has x86-64-v2'],
  [
    'x86-64-v3',
    'cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3 avx',
    'the CPU lacks x86-64-v3 (avx2 bmi1 bmi2 f16c fma abm movbe xsave)',
  ],
])('level %s of a CPU with %s: %s', (level, flags, message) => {
  const files = { '/proc/cpuinfo': `flags\t\t: ${flags}\n` }
  expect(judgeOn(cpuFeature, { cpuFeature: level }, { files }).message).toBe(message)
})

describe('a file with a pattern', () => {
  const said = (spec: object) =>
    judgeOn(file, { file: { path: '/etc/a', ...spec } }, { files: { '/etc/a': 'b\n' } })
  test('is told in the words of the check, and never by its pattern', () => {
    expect(said({ matches: '^c$', means: 'a c' }).message).toBe('/etc/a lacks a c')
    expect(said({ notMatches: '^b$', means: 'a b' }).message).toBe(
      '/etc/a has a b, which should not be there',
    )
    expect(said({ matches: '^c$' }).message).toBe('/etc/a lacks the line that the check asks for')
    expect(said({ notMatches: '^b$' }).message).toBe(
      '/etc/a has a line that the check forbids, which should not be there',
    )
  })
  test('a good one has words', () => {
    const lint = (spec: object) => file.lint?.(file.schema.parse({ file: { path: '/etc/a', ...spec } }))
    expect(lint({ matches: 'a' })).toHaveLength(1)
    expect(lint({ matches: 'a', means: 'an a' })).toEqual([])
    expect(() => lint({ means: 'an a' })).toThrow('means goes with')
  })
})

test('a section of spaces that does not end takes no time by the square', () => {
  const start = process.cpuUsage()
  const files = { '/etc/nfsmount.conf': `[${' '.repeat(500_000)}x\n[ NFSMount_Global_Options ]\nvers=3\n` }
  expect(judgeOn(nfsMount, { nfsMount: { minVersion: 4 } }, { files }).reason).toBe('NfsDefaultLow')
  expect(process.cpuUsage(start).user).toBeLessThan(5_000_000)
})

test('a part of a WWID is refused: it would find out others digit by digit', () => {
  const leavesOut = { ...disk, wwid: '36001405' }
  expect(multipathConf.schema.safeParse({ multipathConf: { leavesOut } }).success).toBe(false)
})

test('an import with many stars takes no longer than one', () => {
  const folder = '/etc/containerd/conf.d'
  const files = {
    '/etc/containerd/config.toml': `imports = ["${folder}/${'*a'.repeat(12)}.toml", "${folder}/x*y*.toml"]\n`,
    [`${folder}/${'a'.repeat(200)}b.toml`]: '',
    [`${folder}/x1y.toml`]: 'disabled_plugins = ["cri"]\n',
  }
  const start = process.cpuUsage()
  expect(judgeOn(containerdConfig, { containerdConfig: { cri: true } }, { files }).reason).toBe(
    'ContainerdCriOff',
  )
  expect(process.cpuUsage(start).user).toBeLessThan(5_000_000)
})
