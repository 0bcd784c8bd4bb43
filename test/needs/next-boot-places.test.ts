import { describe, expect, test } from 'vitest'
import { resultOf, table } from './boot-world.ts'
import type { World } from './boot-world.ts'
import type { Files } from './memory-host.ts'

describe('swap that is off', () => {
  const off = { '/proc/swaps': 'Filename\n', '/proc/cmdline': 'quiet\n' }
  const fstab = (line: string, files: Files = {}): World => ({
    files: { ...off, '/etc/fstab': line, '/swapfile': '', ...files },
  })
  const line = '/swapfile none swap sw 0 0\n'
  table(
    [
      ['in no file', { files: off }, null],
      ['in fstab', fstab(line), /fstab, line 1, turns it on/],
      ['a comment', fstab(`#${line}`), null],
      ['noauto', fstab('/swapfile none swap noauto 0 0\n'), null],
      ['a device that is not there', fstab('UUID=1 none swap sw 0 0\n'), null],
      ['a device by its id', fstab('UUID=1 none swap sw 0 0\n', { '/dev/disk/by-uuid/1': '' }), /line 1/],
      ['with a parameter against it', fstab(line, { '/proc/cmdline': 'systemd.swap=0\n' }), null],
      [
        'an enabled unit',
        { files: { ...off, '/etc/systemd/system/swap.target.wants/s.swap': 'What=/s\n', '/s': '' } },
        /s\.swap turns it on/,
      ],
      [
        'zramswap',
        { files: { ...off, '/etc/systemd/system/multi-user.target.wants/zramswap.service': '' } },
        /zramswap/,
      ],
      [
        'zram-generator',
        {
          files: {
            ...off,
            '/usr/lib/systemd/system-generators/zram-generator': '',
            '/usr/lib/systemd/zram-generator.conf': '[zram0]\n',
          },
        },
        /zram-generator\.conf/,
      ],
    ],
    `{ file: { path: /proc/swaps, notMatches: '^/' } }`,
  )
})

describe('a mount', () => {
  const root = '1 0 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n'
  const mounted = (type: string, source: string, files: Files = {}): World => ({
    files: { '/proc/1/mountinfo': `${root}2 1 8:2 / /data rw shared:2 - ${type} ${source} rw\n`, ...files },
  })
  table(
    [
      ['of a disk, by hand', mounted('ext4', '/dev/sdb1'), /neither \/etc\/fstab nor a unit/],
      ['of the network, by hand', mounted('nfs4', 'server:/x'), /neither/],
      [
        'in fstab',
        mounted('ext4', '/dev/sdb1', { '/etc/fstab': '/dev/sdb1 /data/ ext4 defaults 0 2\n' }),
        null,
      ],
      ['by a unit', mounted('ext4', '/dev/sdb1', { '/etc/systemd/system/data.mount': '' }), null],
      ['by automount', mounted('ext4', '/dev/sdb1', { '/etc/systemd/system/data.automount': '' }), null],
      ['by a generator', mounted('ext4', '/dev/sdb1', { '/run/systemd/generator/data.mount': '' }), null],
      ['by rc.local', mounted('ext4', '/dev/sdb1', { '/etc/rc.local': 'mount /dev/sdb1 /data\n' }), null],
      [
        'which a list of all mounts names',
        mounted('ext4', '/dev/sdb1', {
          '/usr/lib/tmpfiles.d/a.conf': 'L+ /etc/mtab - - - - ../proc/self/mounts\n',
          '/etc/mtab': '/dev/sdb1 /data ext4 rw 0 0\n',
        }),
        /neither/,
      ],
      ['of memory', mounted('tmpfs', 'tmpfs'), null],
      ['of ZFS', mounted('zfs', 'pool/x'), null],
    ],
    '{ mount: /data }',
  )
})

test('a share and a mount point are no commands in the line that is printed for fstab', async () => {
  const root = '1 0 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n'
  const mount = '2 1 0:9 / /m$(reboot) rw shared:2 - nfs4 server:/a\\040`reboot` rw\n'
  const { fix } = await resultOf("mount: '/m$(reboot)'", { files: { '/proc/1/mountinfo': root + mount } })
  expect(fix).toContain("'server:/a\\040`reboot`' '/m$(reboot)' nfs4 >> /etc/fstab")
})
