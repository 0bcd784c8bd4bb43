import { describe, expect, test } from 'vitest'
import { goneOn, resultOf, table } from './boot-world.ts'
import type { World } from './boot-world.ts'
import type { Files } from './memory-host.ts'

describe('a setting that no file may set', () => {
  const now = { '/proc/sys/vm/max_map_count': '262144\n' }
  const conf = (path: string, text: string): World => ({ files: { ...now, [path]: text } })
  table(
    [
      ['in no file', { files: now }, /is 262144 now .*no file sets it, and the kernel begins with 65530/],
      ['in a file', conf('/etc/sysctl.d/9.conf', 'vm.max_map_count = 262144\n'), null],
      ['undone', conf('/etc/sysctl.d/9.conf', 'vm.max_map_count = 65530\n'), /9\.conf, line 1, sets another/],
      ['a pattern', conf('/etc/sysctl.d/9.conf', 'vm.max_map* = 262144\n'), null],
      ['undone by a pattern', conf('/etc/sysctl.d/9.conf', 'vm/max_map* = 1\n'), /line 1/],
      ['in /run alone', conf('/run/sysctl.d/9.conf', 'vm.max_map_count = 262144\n'), /no file sets it/],
      ['by a unit', conf('/etc/systemd/system/a.service', 'ExecStart=sysctl -w vm.max_map_count=9'), null],
      [
        'by a drop-in',
        conf('/etc/systemd/system/a.service.d/b.conf', 'ExecStartPre=sysctl vm/max_map_count=9'),
        null,
      ],
      [
        'by a script of a unit',
        {
          files: {
            ...now,
            '/etc/systemd/system/a.service': 'ExecStart=/usr/local/sbin/tune\n',
            '/usr/local/sbin/tune': '#!/bin/sh\nsysctl -w vm.max_map_count=262144\n',
          },
        },
        null,
      ],
      ['by tuned', conf('/etc/tuned/active_profile', 'throughput\n'), null],
      ['a file that cannot be read', conf('/etc/sysctl.d/9.conf', 'denied'), null],
      ['in a container', { files: now, facts: { container: 'lxc' } }, null],
      ['on an image', { files: now, facts: { imageBased: 'talos' } }, null],
      ['of a custom check, which may not read it', { files: now, origin: 'custom' }, null],
    ],
    '{ sysctl: vm.max_map_count, min: 262144 }',
  )

  test('two files of one name: the one of the administrator hides the other', async () => {
    const files = {
      ...now,
      '/etc/sysctl.d/9.conf': 'vm.max_map_count = 262144\n',
      '/usr/lib/sysctl.d/9.conf': 'vm.max_map_count = 1\n',
    }
    expect(await goneOn('{ sysctl: vm.max_map_count, min: 262144 }', { files })).toBeNull()
    const later = { ...files, '/usr/lib/sysctl.d/99.conf': '-vm.max_map_count = 1\n' }
    const gone = await goneOn('{ sysctl: vm.max_map_count, min: 262144 }', { files: later })
    expect(gone).toMatch(/99\.conf, line 1/)
  })

  test('what kubelet, networks and runtimes set is theirs, but for where none of them is', async () => {
    const files = { '/proc/sys/vm/overcommit_memory': '1\n' }
    const undone = { ...files, '/etc/sysctl.d/9.conf': 'vm.overcommit_memory = 0\n' }
    const need = '{ sysctl: vm.overcommit_memory, is: 1 }'
    expect(await goneOn(need, { files })).toBeNull()
    expect(await goneOn(need, { files: { ...undone, '/usr/bin/kubelet': '' } })).toBeNull()
    expect(await goneOn(need, { files: undone })).toMatch(/line 1/)
  })

  test('the check stays ready, and its fix is what makes it stay', async () => {
    const result = await resultOf('{ sysctl: vm.max_map_count, min: 262144, recommended: true }', {
      files: now,
    })
    expect(result).toMatchObject({ state: 'ready', reason: 'RecommendedMissing' })
    expect(result.fix).toMatch(/sysctl -w vm.max_map_count='262144' && echo .* > \/etc\/sysctl.d/)
    expect(result.findings?.[1]).toMatchObject({ need: 'sysctl:vm.max_map_count:reboot', recommended: true })
  })

  test('no program is run for it, and where nothing is in doubt nothing is asked', async () => {
    const files = { ...now, '/etc/sysctl.d/9.conf': 'vm.max_map_count = 262144\n' }
    const sure = await resultOf('{ sysctl: vm.max_map_count, min: 262144 }', { files })
    const unsure = await resultOf('{ sysctl: vm.max_map_count, min: 262144 }', { files: now })
    expect(unsure.asked.filter(({ ask }) => ask === 'run' || ask === 'unit')).toEqual([])
    expect(sure.asked.length).toBeLessThan(25)
  })
})

describe('huge pages', () => {
  const count = {
    '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages': '1024\n',
    '/proc/cmdline': 'quiet\n',
  }
  table(
    [
      ['by hand', { files: count }, /set aside by hand/],
      [
        'by hand, where systemd mounts them',
        { files: { ...count, '/usr/lib/systemd/system/dev-hugepages.mount': 'Where=/dev/hugepages\n' } },
        /set aside by hand/,
      ],
      ['by a parameter', { files: { ...count, '/proc/cmdline': 'hugepages=1024\n' } }, null],
      ['in a file', { files: { ...count, '/etc/sysctl.d/a.conf': 'vm.nr_hugepages=1024\n' } }, null],
      [
        'by tmpfiles',
        {
          files: {
            ...count,
            '/etc/tmpfiles.d/a.conf': 'w /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages - - - - 4\n',
          },
        },
        null,
      ],
      ['by tuned', { files: { ...count, '/etc/tuned/active_profile': 'x\n' } }, null],
    ],
    '{ hugepages: { size: 2Mi, min: 1024 } }',
  )
})

describe('a parameter of the kernel', () => {
  const image = 'BOOT_IMAGE=/boot/vmlinuz-6.1 quiet iommu=pt\n'
  const cfg = (text: string): Files => ({ '/proc/cmdline': image, '/boot/grub/grub.cfg': text })
  table(
    [
      [
        'typed in',
        { files: cfg('linux /boot/vmlinuz-6.1 quiet\n') },
        /no configuration of a boot loader has it/,
      ],
      ['in the entry', { files: cfg('linux /boot/vmlinuz-6.1 quiet iommu=on\n') }, null],
      [
        'in a variable',
        {
          files: {
            ...cfg('linux /boot/vmlinuz-6.1 $kernelopts\n'),
            '/boot/grub/grubenv': 'kernelopts=iommu=pt\n',
          },
        },
        null,
      ],
      ['of another loader', { files: cfg('linux /boot/vmlinuz-5.10 quiet\n') }, null],
      ['with a UKI', { files: cfg('linux /boot/vmlinuz-6.1\n\tchainloader /x.efi\n') }, null],
      [
        'without a loader that says so',
        { files: { ...cfg('vmlinuz-6.1\n'), '/proc/cmdline': 'iommu=pt\n' } },
        null,
      ],
    ],
    '{ kernelCmdline: iommu=pt }',
  )
})
