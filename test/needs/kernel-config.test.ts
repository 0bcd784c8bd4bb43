import { describe, expect, test } from 'vitest'
import { kernelConfig } from '#agent/needs/kernel/kernel-config.ts'
import { findOption } from '#agent/needs/parts/kernel-config-file.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

// From Debian's /boot/config-6.1.0-50-cloud-amd64.
const config = `#
# Automatically generated file; DO NOT EDIT.
# Linux/x86 6.1.176 Kernel Configuration
#
CONFIG_CC_VERSION_TEXT="gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0"
CONFIG_CGROUPS=y
CONFIG_ISCSI_TCP=m
# CONFIG_MODVERSIONS is not set
CONFIG_HZ=250
CONFIG_LSM="landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf,ipe"
CONFIG_DEFAULT_HOSTNAME=""
CONFIG_CGROUPS_EXTRA=y
`
const at = '/boot/config-6.1.0-50-amd64'
const folder = '/lib/modules/6.1.0-50-amd64'

/** The lists of a kernel that has these modules as files. */
function withModules(...names: readonly string[]): Record<string, string> {
  return {
    '/proc/modules': 'loop 40960 0 - Live 0x0\n',
    '/proc/cmdline': 'quiet\n',
    [`${folder}/modules.dep`]: ['zlib', ...names].map((name) => `kernel/${name}.ko:\n`).join(''),
    [`${folder}/modules.builtin`]: 'kernel/crypto/xor.ko\n',
    [`${folder}/modules.alias`]:
      '# Aliases extracted from modules themselves.\nalias crypto-sha1 sha1_ssse3\n',
  }
}

describe('options', () => {
  test.each([
    ['y', 'CONFIG_CGROUPS', 'KernelConfigSet'],
    ['m', 'CONFIG_ISCSI_TCP', 'KernelConfigSet'],
    ['is not set', 'CONFIG_MODVERSIONS', 'KernelConfigNotSet'],
    ['not in the file', 'CONFIG_NOWHERE', 'KernelConfigNotSet'],
    ['the beginning of another', 'CONFIG_CGROUP', 'KernelConfigNotSet'],
    ['empty text', 'CONFIG_DEFAULT_HOSTNAME', 'KernelConfigNotSet'],
    ['=y, and it is', 'CONFIG_CGROUPS=y', 'KernelConfigSet'],
    ['=y, and it is m', 'CONFIG_ISCSI_TCP=y', 'KernelConfigUnexpected'],
    ['=n, and it is not set', 'CONFIG_MODVERSIONS=n', 'KernelConfigSet'],
    ['=n, and the file does not know it', 'CONFIG_NOWHERE=n', 'KernelConfigSet'],
    ['=n, and it is y', 'CONFIG_CGROUPS=n', 'KernelConfigUnexpected'],
    ['a number', 'CONFIG_HZ=250', 'KernelConfigSet'],
    ['another number', 'CONFIG_HZ=1000', 'KernelConfigUnexpected'],
    [
      'a text, quoted or not',
      ['CONFIG_CC_VERSION_TEXT="gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0"'],
      'KernelConfigSet',
    ],
    ['either, the second is', 'CONFIG_NOWHERE|CONFIG_CGROUPS', 'KernelConfigSet'],
    ['either, none is', 'CONFIG_NOWHERE|CONFIG_MODVERSIONS', 'KernelConfigNotSet'],
    ['the last line', 'CONFIG_CGROUPS_EXTRA=y', 'KernelConfigSet'],
    ['a list, all are', ['CONFIG_CGROUPS', 'CONFIG_ISCSI_TCP'], 'KernelConfigSet'],
    ['a list, one is not', ['CONFIG_CGROUPS', 'CONFIG_NOWHERE'], 'KernelConfigNotSet'],
  ])('%s', (_, written, reason) => {
    const files = { ...withModules('iscsi_tcp'), [at]: config }
    expect(judgeOn(kernelConfig, { kernelConfig: written }, { files }).reason).toBe(reason)
  })

  test('all that are missing are named', () => {
    const written = ['CONFIG_A', 'CONFIG_CGROUPS', 'CONFIG_B|CONFIG_C']
    const verdict = judgeOn(kernelConfig, { kernelConfig: written }, { files: { [at]: config } })
    expect(verdict.message).toBe('the kernel is built without CONFIG_A, CONFIG_B or CONFIG_C')
    expect(verdict.evidence).toContain(`read from ${at}`)
  })

  test.each([
    ['CONFIG_CMDLINE=x', 'CONFIG_CMDLINE is another text, must be x', 'CONFIG_CMDLINE is another text'],
    ['CONFIG_CMDLINE=n', 'CONFIG_CMDLINE is another text, must be n', 'CONFIG_CMDLINE is another text'],
    ['CONFIG_CMDLINE', 'CONFIG_CMDLINE set as needed', 'CONFIG_CMDLINE is a text'],
    ['CONFIG_HZ=1000', 'CONFIG_HZ is 250, must be 1000', 'CONFIG_HZ=250'],
    ['CONFIG_START=0x1', 'CONFIG_START is 0x1000000, must be 0x1', 'CONFIG_START=0x1000000'],
    ['CONFIG_ISCSI_TCP=y', 'CONFIG_ISCSI_TCP is m, must be y', 'CONFIG_ISCSI_TCP=m'],
  ])('a text is not quoted, numbers and letters are: %s', (written, message, evidence) => {
    const files = { [at]: `${config}CONFIG_CMDLINE="quiet token=s3cr3t"\nCONFIG_START=0x1000000\n` }
    const verdict = judgeOn(kernelConfig, { kernelConfig: written }, { files })
    expect(verdict.message).toBe(message)
    expect(verdict.evidence[0]).toBe(evidence)
    expect(JSON.stringify(verdict)).not.toContain('s3cr3t')
  })

  test('a text that the need names itself is', () => {
    const written =
      'CONFIG_LSM="landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf,ipe"'
    const { evidence } = judgeOn(kernelConfig, { kernelConfig: written }, { files: { [at]: config } })
    expect(evidence[0]).toContain('CONFIG_LSM=landlock')
  })

  test('a kernel without modules satisfies CONFIG_MODULES=n', () => {
    const files = { '/proc/config.gz': 'CONFIG_X86=y\n# CONFIG_MODULES is not set\n' }
    expect(judgeOn(kernelConfig, { kernelConfig: 'CONFIG_MODULES=n' }, { files }).state).toBe('ready')
  })
})

describe('an option that is m is of use where its module is', () => {
  const modular = 'CONFIG_VXLAN=m\nCONFIG_GENEVE=m\nCONFIG_XFS_FS=y\nCONFIG_CRYPTO_SHA1=m\nCONFIG_FOO=m\n'
  const judged = (written: unknown, files: Record<string, string>) =>
    judgeOn(kernelConfig, written, { files: { [at]: modular, ...files } })

  test.each([
    ['its file is there', 'CONFIG_VXLAN', withModules('vxlan'), 'KernelConfigSet'],
    ['it is in no list', 'CONFIG_VXLAN', withModules(), 'ModuleNotFound'],
    ['it is loaded', 'CONFIG_VXLAN', { '/proc/modules': 'vxlan 1 0 - Live 0x0\n' }, 'KernelConfigSet'],
    ['another answers to its alias', 'CONFIG_CRYPTO_SHA1', withModules('sha1_ssse3'), 'KernelConfigSet'],
    ['either, the other is there', 'CONFIG_VXLAN|CONFIG_XFS_FS', withModules(), 'KernelConfigSet'],
    ['m is wanted, and it is not there', 'CONFIG_VXLAN=m', withModules(), 'ModuleNotFound'],
    ['the lists are not in this root', 'CONFIG_VXLAN', {}, 'ModuleUnknown'],
    [
      'modprobe.d keeps it from being loaded',
      'CONFIG_VXLAN',
      { ...withModules('vxlan'), '/etc/modprobe.d/no.conf': 'install vxlan /bin/false\n' },
      'ModuleBlocked',
    ],
    ['which module it is, nobody says', 'CONFIG_FOO', withModules('foo'), 'KernelConfigModuleUnknown'],
  ])('%s', (_, written, files, reason) => {
    expect(judged({ kernelConfig: written }, files).reason).toBe(reason)
  })

  test('the check names the module of an option that hostdeps does not know', () => {
    const written = { kernelConfig: 'CONFIG_FOO', modules: { CONFIG_FOO: 'foo' } }
    expect(judged(written, withModules('foo')).reason).toBe('KernelConfigSet')
    expect(judged(written, withModules()).message).toContain('has no module foo')
  })

  test('all modules that are lacking are named, and come from one package', () => {
    const said = judged({ kernelConfig: ['CONFIG_VXLAN', 'CONFIG_GENEVE', 'CONFIG_XFS_FS'] }, withModules())
    expect(said.message).toBe('kernel 6.1.0-50-amd64 lacks the modules vxlan, geneve')
    expect(said.fixByDistro?.['all']).toEqual({ kernel: { absent: ['vxlan', 'geneve'] } })
  })
})

describe('options of cgroup v1', () => {
  const mounted = (fstype: string) => ({
    '/proc/1/mountinfo': `30 1 0:30 / /sys/fs/cgroup rw - ${fstype} none rw\n`,
  })
  const legacy = ['CONFIG_CGROUPS', 'CONFIG_CGROUP_FREEZER', 'CONFIG_CGROUP_DEVICE|CONFIG_CGROUP_BPF']
  const judged = (written: unknown, files: Record<string, string>, more = '') =>
    judgeOn(
      kernelConfig,
      { kernelConfig: written },
      { files: { [at]: `CONFIG_CGROUPS=y\n${more}`, ...files } },
    )

  test('are not asked of a host with v2 alone, and that is said', () => {
    const said = judged(legacy, mounted('cgroup2'), 'CONFIG_CGROUP_BPF=y\n')
    expect(said.reason).toBe('KernelConfigSet')
    expect(said.evidence).toContain('CONFIG_CGROUP_FREEZER is of cgroup v1, and this host has v2 alone')
  })
  test.each([
    ['with v2 their successor is', legacy, mounted('cgroup2'), 'KernelConfigNotSet'],
    ['of a hybrid they are', legacy, mounted('tmpfs'), 'KernelConfigNotSet'],
    ['where the version is not known, nor is the answer', legacy, {}, 'QuestionFailed'],
    ['nothing else was asked', 'CONFIG_NET_CLS_CGROUP', mounted('cgroup2'), 'KernelConfigOfLegacy'],
    ['one that must not be set', 'CONFIG_CGROUP_FREEZER=n', mounted('cgroup2'), 'KernelConfigSet'],
  ])('%s', (_, written, files, reason) => {
    expect(judged(written, files).reason).toBe(reason)
  })
})

test('a good need says which module an option builds', () => {
  const lint = (written: unknown) => kernelConfig.lint?.(kernelConfig.schema.parse(written))
  expect(lint({ kernelConfig: ['CONFIG_FOO', 'CONFIG_FOO=y', 'CONFIG_VXLAN', 'CONFIG_CGROUPS'] })).toEqual([
    'does not say which module CONFIG_FOO is where it is m: write modules: { CONFIG_FOO: NAME }, or CONFIG_FOO=y',
  ])
  expect(lint({ kernelConfig: 'CONFIG_FOO', modules: { CONFIG_FOO: 'foo' } })).toEqual([])
})

describe('a file that was cut off', () => {
  const cut = 'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_HZ=2'
  test.each([
    ['what is set in what is left', 'CONFIG_A', 'KernelConfigSet'],
    ['what is not set in what is left', 'CONFIG_B', 'KernelConfigNotSet'],
    ['what is not set, as needed', 'CONFIG_B=n', 'KernelConfigSet'],
    ['what is not in what is left', 'CONFIG_C', 'QuestionFailed'],
    ['what should not be set, and is not in what is left', 'CONFIG_C=n', 'QuestionFailed'],
    ['a number that may have more digits', 'CONFIG_HZ=250', 'QuestionFailed'],
    ['either, one of which is set', 'CONFIG_C|CONFIG_A', 'KernelConfigSet'],
    ['either, one of which is not in what is left', 'CONFIG_C|CONFIG_B', 'QuestionFailed'],
    ['a list, one of which is surely not set', ['CONFIG_C', 'CONFIG_B'], 'KernelConfigNotSet'],
  ])('%s', (_, written, reason) => {
    for (const text of [cut, `${cut}50\n\0\0\0`.replace('CONFIG_HZ=250\n', 'CONFIG_HZ=2')])
      expect(judgeOn(kernelConfig, { kernelConfig: written }, { files: { [at]: text } }).reason).toBe(reason)
  })
})

describe('where it is', () => {
  test.each([
    '/proc/config.gz',
    '/usr/lib/modules/6.1.0-50-amd64/config',
    '/usr/lib/ostree-boot/config-6.1.0-50-amd64',
    '/lib/modules/6.1.0-50-amd64/build/.config',
  ])('%s', (path) => {
    expect(
      judgeOn(kernelConfig, { kernelConfig: 'CONFIG_CGROUPS' }, { files: { [path]: config } }).state,
    ).toBe('ready')
  })

  test.each([
    [
      'the kernel itself wins over a file',
      { '/proc/config.gz': 'CONFIG_X=y\n', [at]: config },
      'KernelConfigNotSet',
    ],
    [
      'one that can be read wins over one that cannot',
      { '/proc/config.gz': 'denied', [at]: config },
      'KernelConfigSet',
    ],
    ['nowhere', {}, 'KernelConfigUnknown'],
    ["another kernel's does not count", { '/boot/config-6.1.0-49-amd64': config }, 'KernelConfigUnknown'],
    ['an empty file is no configuration', { [at]: '' }, 'QuestionFailed'],
  ] as const)('%s', (_, files, reason) => {
    expect(judgeOn(kernelConfig, { kernelConfig: 'CONFIG_CGROUPS' }, { files }).reason).toBe(reason)
  })

  test.each(unansweredFates)('%s is unknown', (fate) => {
    expect(
      judgeOn(kernelConfig, { kernelConfig: 'CONFIG_CGROUPS' }, { files: { [at]: fate } }),
    ).toMatchObject({
      state: 'unknown',
      message: expect.stringContaining(at),
    })
  })
})

test.each([
  ['CONFIG_A=1', 'CONFIG_A', '1'],
  ['CONFIG_AB=1\nCONFIG_A=2', 'CONFIG_A', '2'],
  ['X_CONFIG_A=1\n', 'CONFIG_A', null],
  ['# CONFIG_A is not set\n', 'CONFIG_A', 'n'],
  ['CONFIG_B=y\n# CONFIG_A is not set\n', 'CONFIG_A', 'n'],
  ['# CONFIG_AB is not set\n', 'CONFIG_A', null],
  ['CONFIG_A="a \\"b\\" \\\\c"', 'CONFIG_A', 'a "b" \\c'],
  ['CONFIG_A=0x1000\r\n', 'CONFIG_A', '0x1000'],
])('%j has %s as %j', (text, option, value) => {
  expect(findOption(text, option)).toBe(value)
})

test.each(['CGROUPS', 'CONFIG_A=', 'CONFIG_A|', 'CONFIG_A CONFIG_B', ''])('refused: %j', (written) => {
  expect(kernelConfig.schema.safeParse({ kernelConfig: written }).success).toBe(false)
})
