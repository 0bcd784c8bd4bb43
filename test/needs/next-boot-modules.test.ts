import { describe } from 'vitest'
import { table } from './boot-world.ts'
import type { World } from './boot-world.ts'
import type { Files } from './memory-host.ts'

describe('a module that is loaded', () => {
  const folder = '/lib/modules/6.1.0-50-amd64'
  const module = (files: Files = {}, users = '-'): World => ({
    files: {
      '/proc/modules': `nvme_tcp 40960 0 ${users} Live 0x0\n`,
      [`${folder}/modules.dep`]: 'kernel/drivers/nvme/host/nvme-tcp.ko:\n',
      [`${folder}/modules.builtin`]: 'kernel/x.ko\n',
      [`${folder}/modules.builtin.modinfo`]: 'x.file=x\0',
      [`${folder}/modules.alias`]: 'alias fs-ext4 ext4\nalias nvme-tcp nvme_tcp\n',
      '/proc/cmdline': 'quiet\n',
      ...files,
    },
  })
  table(
    [
      ['by hand', module(), /is loaded now .*no file names it/],
      ['in modules-load.d', module({ '/etc/modules-load.d/a.conf': 'nvme-tcp\n' }), null],
      [
        'in modules-load.d of /run, which goes',
        module({ '/run/modules-load.d/a.conf': 'nvme-tcp\n' }),
        /is loaded/,
      ],
      ['in /etc/modules', module({ '/etc/modules': 'nvme_tcp\n' }), null],
      ['on the command line', module({ '/proc/cmdline': 'modules-load=nvme_tcp\n' }), null],
      [
        'by a unit',
        module({ '/etc/systemd/system/a.service': 'ExecStartPre=-/sbin/modprobe nvme_tcp\n' }),
        null,
      ],
      [
        'by Wants=modprobe@',
        module({ '/usr/lib/systemd/system/a.service': 'Wants=modprobe@nvme_tcp.service\n' }),
        null,
      ],
      ['needed by another', module({}, 'other,'), null],
      ['a soft dependency', module({ [`${folder}/modules.softdep`]: 'softdep x pre: nvme_tcp\n' }), null],
      [
        'asked for by an alias',
        module({ [`${folder}/modules.alias`]: 'alias devname:nvme nvme_tcp\n' }),
        null,
      ],
      ['with its tool', module({ '/usr/bin/nvme': '' }), null],
      ['in an initramfs list', module({ '/etc/initramfs-tools/modules': 'nvme_tcp\n' }), null],
      ['in a rule of modprobe.d', module({ '/etc/modprobe.d/a.conf': 'softdep a post: nvme_tcp\n' }), null],
      ['in a container', { ...module(), facts: { container: 'docker' } }, null],
    ],
    '{ kernelModule: nvme_tcp, loaded: true }',
  )

  const grub = (release: string, saved = '0') =>
    `   set default="\${next_entry}"\n   set default="${saved}"\nmenuentry 'a' {\n\tlinux\t/boot/vmlinuz-${release} root=x\n}\n`
  const next = (release: string, files: Files = {}): World =>
    module({
      '/boot/vmlinuz-6.1.0-50-amd64': '',
      [`/boot/vmlinuz-${release}`]: '',
      [`/lib/modules/${release}/modules.dep`]: 'kernel/other.ko:\n',
      [`/lib/modules/${release}/modules.builtin`]: 'kernel/x.ko\n',
      [`/lib/modules/${release}/modules.builtin.modinfo`]: 'x.file=x\0',
      [`/lib/modules/${release}/modules.alias`]: 'alias a b\n',
      ...files,
    })
  describe('and not in another kernel', () => {
    table(
      [
        ['which is newer', next('6.1.0-60-amd64'), /6\.1\.0-60-amd64, which boots next, is without it/],
        ['which is older', next('6.1.0-40-amd64'), null],
        [
          'which is newer, and not the default',
          next('6.1.0-60-amd64', { '/boot/grub/grub.cfg': grub('6.1.0-50-amd64') }),
          null,
        ],
        [
          'which is older, and the default',
          next('6.1.0-40-amd64', { '/boot/grub/grub.cfg': grub('6.1.0-40-amd64') }),
          /6\.1\.0-40/,
        ],
        [
          'which boots once',
          next('6.1.0-40-amd64', {
            '/boot/grub/grub.cfg': grub('6.1.0-40-amd64'),
            '/boot/grub/grubenv': 'next_entry=1\n',
          }),
          null,
        ],
        [
          'of which there is no list',
          next('6.1.0-60-amd64', { '/lib/modules/6.1.0-60-amd64/modules.dep': '' }),
          null,
        ],
        [
          'which has it built in',
          next('6.1.0-60-amd64', { '/lib/modules/6.1.0-60-amd64/modules.builtin': 'kernel/nvme-tcp.ko\n' }),
          null,
        ],
      ],
      '{ kernelModule: nvme_tcp }',
    )
  })
})
