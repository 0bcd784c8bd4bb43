import { describe, expect, test } from 'vitest'
import { kernelModule } from '#agent/needs/kernel/kernel-module.ts'
import type { Files } from './memory-host.ts'
import { judgeOn, unansweredFates } from './memory-host.ts'

const modules = '/lib/modules/6.1.0-50-amd64'
const config = '/boot/config-6.1.0-50-amd64'
const local = '/etc/modprobe.d/local.conf'

// Lines from Debian's linux-image-6.1.0-50-cloud-amd64 after depmod, three of them with compressed names.
const host: Files = {
  '/proc/cmdline': 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet\n',
  '/proc/modules': `dm_multipath 40960 0 - Live 0x0000000000000000
nfsd 774144 5 - Live 0x0000000000000000
libiscsi 90112 1 - Live 0x0000000000000000
slow_one 16384 0 - Loading 0x0000000000000000
`,
  [`${modules}/modules.dep`]: `kernel/drivers/scsi/iscsi_tcp.ko: kernel/drivers/scsi/libiscsi_tcp.ko kernel/drivers/scsi/libiscsi.ko kernel/drivers/scsi/scsi_transport_iscsi.ko
kernel/drivers/scsi/libiscsi_tcp.ko: kernel/drivers/scsi/libiscsi.ko kernel/drivers/scsi/scsi_transport_iscsi.ko
kernel/fs/nfs/nfs.ko.xz: kernel/fs/lockd/lockd.ko.xz
kernel/fs/nfs/nfsv4.ko.xz: kernel/fs/nfs/nfs.ko.xz
kernel/fs/nfsd/nfsd.ko: kernel/fs/lockd/lockd.ko.xz
kernel/drivers/block/nbd.ko.zst:
kernel/drivers/md/dm-snapshot.ko.gz: kernel/drivers/md/dm-bufio.ko
kernel/drivers/md/dm-multipath.ko:
kernel/arch/x86/crypto/twofish-x86_64-3way.ko:
slow_one.ko:
`,
  [`${modules}/modules.builtin`]: 'kernel/fs/ext4/ext4.ko\nkernel/drivers/md/dm-mod.ko\n',
  [`${modules}/modules.builtin.modinfo`]:
    'ext4.license=GPL\0ext4.alias=fs-ext4\0ext4.alias=ext3\0debugfs.alias=fs-debugfs\0crypto_aes.alias=crypto-aes\0mmiotrace.file=arch/x86/mm/mmiotrace\0core.parmtype=burst:uint\0',
  [`${modules}/modules.alias`]: `# Aliases extracted from modules themselves.
alias fs-nfs4 nfs
alias fs-nfsd nfsd
alias rpcauth-1-* nfs
alias crypto-aes nbd
alias cpu:type:x86,ven0000fam0006mod0086:feature:* nbd
`,
  [config]:
    'CONFIG_MODULES=y\nCONFIG_ISCSI_TCP=m\nCONFIG_BRIDGE_NETFILTER=y\nCONFIG_BLK_DEV_RBD=m\n# CONFIG_DRBD is not set\n',
}

function judge(written: string | object, changes: Files = {}, gone: readonly string[] = []) {
  const files = Object.fromEntries(
    Object.entries({ ...host, ...changes }).filter(([path]) => !gone.includes(path)),
  )
  return judgeOn(kernelModule, typeof written === 'string' ? { kernelModule: written } : written, { files })
}

describe('a list of depmod that was cut off', () => {
  const cutBefore = (file: string, text: string) => {
    const path = `${modules}/${file}`
    const whole = host[path] ?? ''
    return { [path]: whole.slice(0, whole.indexOf(text) + text.length) }
  }
  test.each<[string, string, Files, string]>([
    ['what is in what is left', 'iscsi_tcp', cutBefore('modules.dep', 'nfs.ko.xz: ker'), 'ModuleLoadable'],
    ['the line that is cut', 'nfs', cutBefore('modules.dep', 'nfs.ko.xz: ker'), 'QuestionFailed'],
    ['what is not in what is left', 'nbd', cutBefore('modules.dep', 'nfs.ko.xz: ker'), 'QuestionFailed'],
    ['modules.builtin', 'nowhere', cutBefore('modules.builtin', 'ext4.ko\nker'), 'QuestionFailed'],
    ['modules.alias', 'nowhere', cutBefore('modules.alias', 'fs-nfsd'), 'QuestionFailed'],
    ['modules.builtin.modinfo', 'nowhere', cutBefore('modules.builtin.modinfo', 'fs-ex'), 'QuestionFailed'],
    ['an alias in what is left', 'ext3', cutBefore('modules.builtin.modinfo', 'debugfs'), 'ModuleBuiltIn'],
    [
      'zero bytes at its end',
      'nbd',
      { [`${modules}/modules.dep`]: 'kernel/a.ko:\n\0\0\0\0' },
      'QuestionFailed',
    ],
    [
      'an alias of what is blacklisted, while a module of that name may have been cut off',
      'fs-nfs4',
      { ...cutBefore('modules.dep', 'nfsv4.ko.xz: ker'), [local]: 'blacklist nfs\n' },
      'ModuleUnknown',
    ],
  ])('%s', (_, name, changes, reason) => {
    expect(judge(name, changes).reason).toBe(reason)
  })
})

describe('lines of modprobe.d that are odd', () => {
  test('a range that runs backwards ends nothing', () => {
    expect(judge('iscsi_tcp', { [local]: 'alias usb[9-0]* off\nalias iscsi[9-0]* off\n' }).reason).toBe(
      'ModuleLoadable',
    )
  })

  test('forty stars are matched at once', () => {
    const name = 'nfs_layout_nfsv41_files'
    const rules = `alias ${'*'.repeat(40)}z x\ninstall ${'*_'.repeat(40)} /bin/true\nalias ${'*f'.repeat(12)}z x\n`
    expect(judge(name, { [local]: rules.repeat(100) }).reason).toBe('ModuleNotFound')
  })

  test.each([
    ['a backslash goes', String.raw`alias iscsi\_tcp off`, 'ModuleBlocked'],
    ['also before a star', String.raw`alias iscsi\* off`, 'ModuleBlocked'],
    ['two at the end join no lines', `install x /bin/y\\\\\ninstall iscsi_tcp /bin/true`, 'ModuleBlocked'],
    ['three do', `install x /bin/y\\\\\\\ninstall iscsi_tcp /bin/true`, 'ModuleLoadable'],
  ])('%s', (_, text, reason) => {
    expect(judge('iscsi_tcp', { [local]: `${text}\n` }).reason).toBe(reason)
  })

  test('a target that is no name is no module', () => {
    for (const target of ['a(b', '[', '*', '\\', '(?:', 'x'.repeat(5000), '..'])
      expect(judge('iscsi_tcp', { [local]: `alias iscsi_tcp ${target}\n` }).reason).toBe('ModuleBlocked')
  })

  test('with more targets than are looked at, nothing is proven', () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, index) => `alias iscsi_tcp a${index}\n`)
    expect(judge('iscsi_tcp', { [local]: lines(20).join('') }).reason).toBe('ModuleBlocked')
    expect(judge('iscsi_tcp', { [local]: lines(5000).join('') }).reason).toBe('ModuleUnknown')
  })
})

describe('found', () => {
  test.each([
    ['loaded', 'dm_multipath', 'ModuleLoaded'],
    ['loaded, written with a hyphen', 'dm-multipath', 'ModuleLoaded'],
    ['built in, its file with a hyphen', 'dm_mod', 'ModuleBuiltIn'],
    ['built in, known by its modinfo only', 'mmiotrace', 'ModuleBuiltIn'],
    ['an alias of what is built in', 'ext3', 'ModuleBuiltIn'],
    ['an alias of a part of the kernel that is on no list itself', 'fs-debugfs', 'ModuleBuiltIn'],
    ['an alias of both: of a module first, as modprobe does it', 'crypto-aes', 'ModuleLoadable'],
    ['loadable', 'iscsi_tcp', 'ModuleLoadable'],
    ['loadable: nfs.ko.xz, while only nfsd is loaded', 'nfs', 'ModuleLoadable'],
    ['nbd.ko.zst', 'nbd', 'ModuleLoadable'],
    ['dm-snapshot.ko.gz', 'dm_snapshot', 'ModuleLoadable'],
    ['hyphens and underscores mixed', 'twofish-x86-64-3way', 'ModuleLoadable'],
    ['an alias of a module', 'fs-nfs4', 'ModuleLoadable'],
    ['an alias with a wildcard', 'rpcauth_1_flavor', 'ModuleLoadable'],
    ['an alias of a loaded module', 'fs_nfsd', 'ModuleLoaded'],
    ['the beginning of a name', 'nf', 'ModuleNotFound'],
    ['the end of a name', 'tcp', 'ModuleNotFound'],
    ['only as a dependency', 'dm_bufio', 'ModuleNotFound'],
    ['a name of a folder', 'md', 'ModuleNotFound'],
    ['the name of a mere part of the kernel', 'core', 'ModuleNotFound'],
    ['being loaded right now', 'slow_one', 'ModuleUnknown'],
  ])('%s', (_, name, reason) => {
    expect(judge(name).reason).toBe(reason)
  })

  test.each([
    ['loaded', 'dm_multipath', 'ModuleLoaded'],
    ['built in', 'dm_mod', 'ModuleBuiltIn'],
    ['only loadable', 'iscsi_tcp', 'ModuleNotLoaded'],
  ])('must be loaded, and is %s', (_, name, reason) => {
    expect(judge({ kernelModule: name, loaded: true }).reason).toBe(reason)
  })

  test('the fix for one that is not loaded loads it', () => {
    expect(judge({ kernelModule: 'iscsi_tcp', loaded: true }).genericFix).toEqual({ modules: ['iscsi_tcp'] })
  })
})

describe('the kernel configuration, where the lists are silent', () => {
  test.each([
    ['y, although no list names it', 'br_netfilter', 'CONFIG_BRIDGE_NETFILTER', 'ModuleBuiltIn'],
    ['m, but its file is in a package that is not installed', 'rbd', 'CONFIG_BLK_DEV_RBD', 'ModuleNotFound'],
    ['not set', 'drbd', 'CONFIG_DRBD', 'ModuleNotInKernel'],
    ['unknown to this kernel', 'other', 'CONFIG_OTHER', 'ModuleNotInKernel'],
    ['renamed: any of the names', 'br_netfilter', ['CONFIG_OLD', 'CONFIG_BRIDGE_NETFILTER'], 'ModuleBuiltIn'],
  ])('%s', (_, name, option, reason) => {
    expect(judge({ kernelModule: name, config: option }).reason).toBe(reason)
  })

  test.each([
    ['drbd', 'CONFIG_DRBD', 'CONFIG_MODULES=y\nCONFIG_ISCSI_TCP=m\n# CONFIG_DR'],
    ['drbd', 'CONFIG_DRBD', 'CONFIG_MODULES=y\n\0\0\0'],
    ['other', 'CONFIG_OTHER', 'CONFIG_MODULES=y\nCONFIG_OT'],
  ])('one that is cut off proves no module missing: %s', (name, option, text) => {
    expect(judge({ kernelModule: name, config: option }, { [config]: text })).toMatchObject({
      reason: 'ModuleUnknown',
      message: expect.stringContaining(`${config} is cut off`),
    })
  })

  test('a module that was added to the kernel is there although the configuration has it not', () => {
    const changes = { [`${modules}/modules.dep`]: 'updates/dkms/drbd.ko:\n' }
    expect(judge({ kernelModule: 'drbd', config: 'CONFIG_DRBD' }, changes).reason).toBe('ModuleLoadable')
  })

  test.each([
    ['no option is named', undefined, 'ModuleUnknown'],
    ['it says m', 'CONFIG_BLK_DEV_RBD', 'ModuleNotFound'],
  ])('without modules.builtin, when %s', (_, option, reason) => {
    const gone = [`${modules}/modules.builtin`, `${modules}/modules.builtin.modinfo`]
    expect(judge({ kernelModule: 'rbd', config: option }, {}, gone).reason).toBe(reason)
  })

  test('/sys/module proves one that is built in', () => {
    expect(judge('oddity', { '/sys/module/oddity/parameters/x': '1' }).reason).toBe('ModuleBuiltIn')
  })
})

describe('rules against loading', () => {
  test.each([
    ['blacklist only stops loading by an alias', 'nfs', 'blacklist nfs', 'ModuleLoadable'],
    ['and so blocks an alias', 'fs-nfs4', 'blacklist nfs', 'ModuleBlocked'],
    ['install /bin/true', 'nfs', 'install nfs /bin/true', 'ModuleBlocked'],
    ['install /usr/bin/false', 'nfs', 'install nfs /usr/bin/false', 'ModuleBlocked'],
    ['of another spelling', 'dm-snapshot', 'install dm-snapshot /bin/false', 'ModuleBlocked'],
    ['of a dependency', 'iscsi_tcp', 'install scsi-transport-iscsi /bin/true', 'ModuleBlocked'],
    ['of a dependency that is loaded already', 'iscsi_tcp', 'install libiscsi /bin/true', 'ModuleLoadable'],
    ['already loaded', 'dm_multipath', 'install dm_multipath /bin/true', 'ModuleLoaded'],
    ['built in', 'ext4', 'install ext4 /bin/true', 'ModuleBuiltIn'],
    ['of another module', 'nfs', 'install nfsd /bin/true', 'ModuleLoadable'],
    ['with a wildcard', 'nfs', 'install nf* /bin/false', 'ModuleBlocked'],
    ['in a comment', 'nfs', '# install nfs /bin/true', 'ModuleLoadable'],
    ['over two lines', 'nfs', 'install nfs \\\n  /bin/true', 'ModuleBlocked'],
    [
      'a command that goes on to load it',
      'nfs',
      'install nfs /sbin/modprobe -i nfs && touch /run/x',
      'ModuleLoadable',
    ],
    ['a command of which nobody knows', 'nfs', 'install nfs /usr/local/bin/ask-first', 'ModuleUnknown'],
    [
      'the first install counts, as in modprobe',
      'nfs',
      'install nfs /sbin/modprobe -i nfs\ninstall nfs /bin/true',
      'ModuleLoadable',
    ],
    [
      'a command that only speaks of it',
      'nfs',
      'install nfs /bin/echo "modprobe nfs is disabled"',
      'ModuleUnknown',
    ],
    ['the same behind a mark that is quoted', 'nfs', "install nfs logger '; modprobe nfs'", 'ModuleUnknown'],
    ['a command that loads another', 'nfs', 'install nfs /sbin/modprobe nbd', 'ModuleUnknown'],
    [
      'a command that does nothing first',
      'nfs',
      'install nfs /bin/true && modprobe -i nfs',
      'ModuleLoadable',
    ],
    [
      'a command that does nothing, and then who knows what',
      'nfs',
      'install nfs /bin/true; ask-first',
      'ModuleUnknown',
    ],
    ['alias off', 'nfs', 'alias nfs off', 'ModuleBlocked'],
    ['alias off of an alias', 'fs-nfs4', 'alias fs-nfs4 off', 'ModuleBlocked'],
    ['alias off of the module, asked for by an alias', 'fs-nfs4', 'alias nfs off', 'ModuleLoadable'],
    ['alias off of a dependency', 'iscsi_tcp', 'alias libiscsi_tcp off', 'ModuleLoadable'],
    ['alias off, and alias of a module', 'nfs', 'alias nfs off\nalias nfs nbd', 'ModuleLoadable'],
    ['alias off of what is built in by an alias', 'fs-debugfs', 'alias fs-debugfs off', 'ModuleBuiltIn'],
    ['alias of another module', 'nfs', 'alias nfs nbd # not nfs', 'ModuleLoadable'],
    ['alias of one that is not there', 'nfs', 'alias nfs other', 'ModuleBlocked'],
    ['alias of an alias, which is not followed', 'nfs', 'alias nfs fs-nfsd', 'ModuleBlocked'],
    ['alias of itself, which a blacklist blocks', 'nfs', 'alias nfs nfs\nblacklist nfs', 'ModuleBlocked'],
    ['install of the alias', 'fs-nfs4', 'install fs-nfs4 /bin/false', 'ModuleBlocked'],
    [
      'install of the alias, and alias of another module',
      'fs-nfs4',
      'install fs-nfs4 /bin/false\nalias fs-nfs4 nbd',
      'ModuleLoadable',
    ],
    ['install of the module, asked for by an alias', 'fs-nfs4', 'install nfs /bin/false', 'ModuleBlocked'],
    ['install of what is not there', 'nosuch', 'install nosuch /bin/false', 'ModuleNotFound'],
    [
      'a blocked module of an alias that is built in too',
      'crypto-aes',
      'install nbd /bin/false',
      'ModuleBuiltIn',
    ],
    ['alias of another name', 'my-net', 'alias my-net nbd', 'ModuleLoadable'],
    [
      'options and softdeps are no rules against it',
      'nfs',
      'options nfs x=1\nsoftdep nfs pre: nbd',
      'ModuleLoadable',
    ],
  ])('%s', (_, name, text, reason) => {
    expect(judge(name, { [local]: `${text}\n` }).reason).toBe(reason)
  })

  test('it is said which line to take out', () => {
    const verdict = judge('nfs', { [local]: '# hardening\n\ninstall nfs /bin/true\n' })
    expect(verdict).toMatchObject({
      state: 'missing',
      message: `kernel module nfs is blocked: "install" runs true instead in ${local}, line 3`,
      fix: { note: `Take out ${local}, line 3: it keeps nfs from being loaded.` },
    })
  })

  test('of an alias to what is not there it is said which, and where', () => {
    expect(judge('nfs', { [local]: 'alias nfs other\n' })).toMatchObject({
      message: `kernel module nfs is blocked: it is made other in ${local}, line 1, and there is no other`,
      fix: { note: `Take out ${local}, line 1: it keeps nfs from being loaded.` },
    })
  })

  test.each(['modules.dep', 'modules.builtin'])('an alias to what may be in %s is unknown', (file) => {
    const said = judge('nfs', { [local]: 'alias nfs other\n', [`${modules}/${file}`]: 'denied' })
    expect(said.state).toBe('unknown')
  })

  test('a blacklist is told as evidence', () => {
    expect(judge('nfs', { [local]: 'blacklist nfs\n' }).evidence.join()).toContain(
      `blacklisted in ${local}, line 1`,
    )
  })

  test.each([
    ['/run', 'ModuleBlocked'],
    ['/usr/local/lib', 'ModuleBlocked'],
    ['/usr/lib', 'ModuleBlocked'],
    ['/lib', 'ModuleBlocked'],
    ['/opt', 'ModuleLoadable'],
  ])('rules in %s/modprobe.d: %s', (folder, reason) => {
    expect(judge('nfs', { [`${folder}/modprobe.d/x.conf`]: 'install nfs /bin/true' }).reason).toBe(reason)
  })

  test.each([
    ['a file of the same name in /etc stands for it', { '/etc/modprobe.d/x.conf': '' }, 'ModuleLoadable'],
    ['a file of another name does not', { '/etc/modprobe.d/y.conf': '' }, 'ModuleBlocked'],
    [
      'names sort over all folders',
      { '/usr/lib/modprobe.d/a.conf': 'install nfs modprobe -i nfs' },
      'ModuleLoadable',
    ],
  ] as const)('precedence: %s', (_, changes, reason) => {
    const files = { '/lib/modprobe.d/x.conf': 'install nfs /bin/true', ...changes }
    expect(judge('nfs', files).reason).toBe(reason)
  })

  test.each([
    ['module_blacklist= refuses', 'quiet module_blacklist=nbd,nfs ro', 'ModuleBlocked'],
    ['by its exact name', 'module_blacklist=nfs4', 'ModuleLoadable'],
    ['modprobe.blacklist= is a mere blacklist', 'modprobe.blacklist=nfs', 'ModuleLoadable'],
    ["the init's words are not the kernel's", 'quiet -- module_blacklist=nfs', 'ModuleLoadable'],
  ])('command line: %s', (_, text, reason) => {
    expect(judge('nfs', { '/proc/cmdline': `${text}\n` }).reason).toBe(reason)
  })

  test('kernel.modules_disabled', () => {
    const closed = { '/proc/sys/kernel/modules_disabled': '1\n' }
    expect(judge('nfs', closed).reason).toBe('ModuleBlocked')
    expect(judge('dm_multipath', closed).reason).toBe('ModuleLoaded')
    expect(judge('nfs', { '/proc/sys/kernel/modules_disabled': '0\n' }).reason).toBe('ModuleLoadable')
  })

  test.each(['/etc/modprobe.d', '/etc/modprobe.d/x.conf', '/proc/cmdline'])(
    'unread rules in %s leave it unknown, but not what is loaded',
    (path) => {
      expect(judge('nfs', { [path]: 'denied' }).state).toBe('unknown')
      expect(judge('dm_multipath', { [path]: 'denied' }).reason).toBe('ModuleLoaded')
    },
  )
})

describe('unread sources', () => {
  const sources = [
    '/proc/modules',
    ...['dep', 'builtin', 'alias'].map((name) => `${modules}/modules.${name}`),
  ]
  const cases = sources.flatMap((path) => unansweredFates.map((fate) => [path, fate] as const))

  test.each(cases)('%s %s: unknown, and it is named', (path, fate) => {
    const unreadSys = path === '/proc/modules' ? { '/sys/module/nosuch': fate } : {}
    expect(judge('nosuch', { [path]: fate, ...unreadSys })).toMatchObject({
      state: 'unknown',
      message: expect.stringContaining(path),
    })
  })

  test.each([
    ['/proc/modules', 'dm_mod', 'ModuleBuiltIn'],
    ['/proc/modules', 'nfs', 'ModuleLoadable'],
    [`${modules}/modules.dep`, 'dm_multipath', 'ModuleLoaded'],
    [`${modules}/modules.builtin`, 'nfs', 'ModuleLoadable'],
    [config, 'nosuch', 'ModuleNotFound'],
  ])('%s denied: %s is proven elsewhere', (path, name, reason) => {
    expect(judge(name, { [path]: 'denied' }).reason).toBe(reason)
  })

  test.each(['modules.dep', 'modules.builtin', 'modules.alias'])(
    '%s that is empty: depmod never leaves it so',
    (name) => {
      const changes = { [`${modules}/${name}`]: '' }
      expect(judge('nosuch', changes)).toMatchObject({
        state: 'unknown',
        message: expect.stringContaining(name),
      })
      expect(judge('dm_multipath', changes).reason).toBe('ModuleLoaded')
    },
  )

  test('a configuration that says n proves nothing while a list is unread', () => {
    const written = { kernelModule: 'drbd', config: 'CONFIG_DRBD' }
    expect(judge(written, { [`${modules}/modules.dep`]: 'denied' }).state).toBe('unknown')
  })

  test('when nothing of the host can be read, nothing is missing', () => {
    const files = Object.fromEntries(Object.keys(host).map((path) => [path, 'denied' as const]))
    expect(judgeOn(kernelModule, { kernelModule: 'nfs' }, { files }).state).toBe('unknown')
    expect(judgeOn(kernelModule, { kernelModule: 'nfs' }, { files, facts: { kernel: null } }).state).toBe(
      'unknown',
    )
  })
})

describe('a kernel without module support has no /proc/modules and no folder', () => {
  const bare = { '/proc/cmdline': 'quiet\n' }
  const built = { ...bare, '/proc/config.gz': '# CONFIG_MODULES is not set\nCONFIG_BRIDGE_NETFILTER=y\n' }

  test.each([
    ['y', 'CONFIG_BRIDGE_NETFILTER', built, 'ModuleBuiltIn'],
    ['not set', 'CONFIG_DRBD', built, 'ModuleNotInKernel'],
    ['no configuration', 'CONFIG_DRBD', bare, 'ModuleUnknown'],
    ['configuration denied', 'CONFIG_DRBD', { ...bare, '/proc/config.gz': 'denied' }, 'ModuleUnknown'],
    ['no option named', undefined, built, 'ModuleUnknown'],
    [
      'y, and no rule of modprobe matters',
      'CONFIG_BRIDGE_NETFILTER',
      { ...built, [local]: 'alias x off\n' },
      'ModuleBuiltIn',
    ],
    [
      'no option named, but /sys/module has it',
      undefined,
      { ...built, '/sys/module/x/parameters/y': '1' },
      'ModuleBuiltIn',
    ],
  ] as const)('%s', (_, option, files, reason) => {
    expect(judgeOn(kernelModule, { kernelModule: 'x', config: option }, { files }).reason).toBe(reason)
  })
})

describe("the running kernel's modules are gone", () => {
  const other = { '/lib/modules/6.1.0-51-amd64/modules.dep': 'kernel/drivers/block/rbd.ko:\n' }
  const rbd = { kernelModule: 'rbd', config: 'CONFIG_BLK_DEV_RBD' }
  const running = Object.keys(host).filter((path) => path.startsWith(modules))

  test('another kernel is there and this one builds it as a module: reboot', () => {
    expect(judge(rbd, other, running)).toMatchObject({ reason: 'KernelReplaced', fix: { reboot: true } })
  })

  test.each([
    ['it is loaded', 'dm_multipath', other, 'ModuleLoaded'],
    ['the configuration does not name it', 'rbd', other, 'ModuleUnknown'],
    ['no kernel at all is there: a node in a container', rbd, {}, 'ModuleUnknown'],
    ['a folder that is no kernel', rbd, { '/lib/modules/extra/x.ko': '' }, 'ModuleUnknown'],
    [
      'its folder is there, but was never seen by depmod',
      rbd,
      { ...other, [`${modules}/kernel/x.ko`]: '' },
      'ModuleUnknown',
    ],
    ['the folders cannot be listed', rbd, { '/lib/modules': 'denied' }, 'PermissionDenied'],
    [
      'the kernel is built without it',
      { kernelModule: 'drbd', config: 'CONFIG_DRBD' },
      other,
      'ModuleNotInKernel',
    ],
  ] as const)('%s', (_, written, changes, reason) => {
    expect(judge(written, changes, running).reason).toBe(reason)
  })
})

test.each([
  ['a path', { kernelModule: '../nfs' }],
  ['a file', { kernelModule: 'nfs.ko' }],
  ['an option without its prefix', { kernelModule: 'nfs', config: 'NFS_FS' }],
  ['an unknown key', { kernelModule: 'nfs', load: true }],
])('refused: %s', (_, written) => {
  expect(kernelModule.schema.safeParse(written).success).toBe(false)
})
