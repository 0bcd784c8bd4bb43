import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkFiles, isWrong, outcomes, tableOf } from './predictions.ts'
import type { Prediction } from './predictions.ts'
import { grubConfig, plainParameters } from './vm-loader.ts'
import { bootVm } from './vm.ts'

const going = (name: string, need: string): Prediction => ({ name, need, goes: true })
const staying = (name: string, need: string): Prediction => ({ name, need, goes: false })
const loaded = (module: string) => `{ kernelModule: ${module}, loaded: true }`

const unit = (name: string, command: string) => `cat > /etc/systemd/system/${name}.service << 'EOF'
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${command}
[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload; systemctl enable --now ${name}
`
const file = (path: string, text: string) =>
  `mkdir -p $(dirname ${path}); printf '%s\\n' '${text}' > ${path}\n`
const disk = (name: string) =>
  `truncate -s 16M /var/${name}.img; mkfs.ext4 -q /var/${name}.img; mkdir -p /srv/${name}\n`

/** What is done to it before it is asked. */
const setUp = `set -e
for m in nvme_tcp br_netfilter uio_pci_generic vfio_pci null_blk target_core_mod iscsi_tcp; do modprobe $m; done
${file('/etc/modules-load.d/iscsi.conf', 'iscsi_tcp')}
${unit('load-nbd', '/sbin/modprobe nbd')}
${file('/usr/local/sbin/load-rbd', '#!/bin/sh\nmodprobe rbd')}chmod +x /usr/local/sbin/load-rbd
${unit('load-rbd', '/usr/local/sbin/load-rbd')}
sysctl -qw vm.max_map_count=262144 fs.inotify.max_user_instances=8192 fs.aio-max-nr=1048576
${file('/etc/sysctl.d/10-first.conf', 'vm.swappiness = 10\nvm.dirty_background_ratio=5\nvm.vfs_cache_pressure = 50\nvm.dirty_ratio=15')}
${file('/etc/sysctl.d/99-last.conf', 'vm/swappiness = 60\n-vm.stat_interval = 7\n# vm.vfs_cache_pressure = 1\nvm.laptop_mo* = 5')}
${file('/etc/sysctl.d/95-glob.conf', 'vm.vfs_cache_press* = 200')}
${file('/usr/lib/sysctl.d/60-package.conf', 'vm.dirty_ratio = 30')}
${file('/usr/lib/sysctl.d/99-z.conf', 'vm.dirty_background_ratio = 30')}
ln -s /dev/null /etc/sysctl.d/99-z.conf
${file('/etc/sysctl.d/90-queue.conf', 'fs.inotify.max_queued_events = 32768\nuser.max_user_namespaces = 1234')}
${file('/run/sysctl.d/99-run.conf', 'kernel.pid_max = 100000')}
${file('/etc/sysctl.d/50-unit.conf', 'vm.watermark_scale_factor = 50')}
${unit('set-watermark', '/sbin/sysctl -w vm.watermark_scale_factor=100')}
sysctl -qw vm.swappiness=10 vm.dirty_background_ratio=5 vm.vfs_cache_pressure=50 vm.dirty_ratio=15 vm.stat_interval=1 vm.laptop_mode=0
sysctl -qw fs.inotify.max_queued_events=32768 user.max_user_namespaces=1234 kernel.pid_max=100000 vm.watermark_scale_factor=100
echo 4 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
dd if=/dev/zero of=/swapfile bs=1M count=16 status=none; chmod 600 /swapfile; mkswap -q /swapfile
echo '/swapfile none swap sw 0 0' >> /etc/fstab
${disk('hand')}${disk('fstab')}${disk('unit')}
echo '/var/fstab.img /srv/fstab ext4 loop 0 0' >> /etc/fstab
cat > /etc/systemd/system/srv-unit.mount << 'EOF'
[Mount]
What=/var/unit.img
Where=/srv/unit
Type=ext4
Options=loop
[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload
mount -o loop /var/hand.img /srv/hand; mount /srv/fstab; systemctl enable --now srv-unit.mount
`

const predictions: readonly Prediction[] = [
  going('nvme_tcp, loaded by hand', loaded('nvme_tcp')),
  going('br_netfilter, loaded by hand', loaded('br_netfilter')),
  going('uio_pci_generic, loaded by hand', loaded('uio_pci_generic')),
  going('vfio_pci, loaded by hand', loaded('vfio_pci')),
  going('null_blk, loaded by hand', loaded('null_blk')),
  going('target_core_mod, loaded by hand', loaded('target_core_mod')),
  staying('iscsi_tcp, in modules-load.d', loaded('iscsi_tcp')),
  staying('nbd, loaded by an enabled unit', loaded('nbd')),
  staying('rbd, loaded by a script of an enabled unit', loaded('rbd')),
  staying('ext4, loaded by the initramfs', loaded('ext4')),
  staying('virtio_blk, asked for by its device', loaded('virtio_blk')),
  going('vm.max_map_count, by hand', '{ sysctl: vm.max_map_count, min: 262144 }'),
  going('fs.inotify.max_user_instances, by hand', '{ sysctl: fs.inotify.max_user_instances, min: 8192 }'),
  going('fs.aio-max-nr, by hand', '{ sysctl: fs.aio-max-nr, min: 1048576 }'),
  going('vm.swappiness, undone by a later file', '{ sysctl: vm.swappiness, is: 10 }'),
  going('vm.dirty_ratio, undone by a package', '{ sysctl: vm.dirty_ratio, is: 15 }'),
  staying(
    'vm.dirty_background_ratio, the later file is masked',
    '{ sysctl: vm.dirty_background_ratio, is: 5 }',
  ),
  staying('vm.vfs_cache_pressure, a pattern yields to it', '{ sysctl: vm.vfs_cache_pressure, is: 50 }'),
  going('vm.laptop_mode, undone by a pattern', '{ sysctl: vm.laptop_mode, is: 0 }'),
  going('vm.stat_interval, undone by a line with -', '{ sysctl: vm.stat_interval, is: 1 }'),
  staying('fs.inotify.max_queued_events, in a file', '{ sysctl: fs.inotify.max_queued_events, is: 32768 }'),
  staying('user.max_user_namespaces, in a file', '{ sysctl: user.max_user_namespaces, is: 1234 }'),
  going('kernel.pid_max, in /run alone', '{ sysctl: kernel.pid_max, is: 100000 }'),
  staying('vm.watermark_scale_factor, by a unit', '{ sysctl: vm.watermark_scale_factor, is: 100 }'),
  going('huge pages, by hand', '{ hugepages: { size: 2Mi, min: 4 } }'),
  going('swap, off and in fstab', `{ file: { path: /proc/swaps, notMatches: '^/' } }`),
  going('a parameter that was typed', '{ kernelCmdline: nosmt }'),
  staying('a parameter of the boot loader', '{ kernelCmdline: quiet }'),
  going('a mount by hand', '{ mount: { path: /srv/hand, fstype: ext4 } }'),
  staying('a mount of fstab', '{ mount: { path: /srv/fstab, fstype: ext4 } }'),
  staying('a mount by a unit', '{ mount: { path: /srv/unit, fstype: ext4 } }'),
]

/** Before the other kernel. */
const otherKernel = (release: string) => `set -e
cd /lib/modules/${release}
find . -name 'nvme-tcp.ko*' -delete; find . -name 'rbd.ko*' -delete; find . -name 'xfs.ko*' -delete
depmod ${release}
${file('/etc/sysctl.d/90-huge.conf', 'vm.nr_hugepages = 4')}
echo 4 > /proc/sys/vm/nr_hugepages
`

const ofKernels: readonly Prediction[] = [
  going('nvme_tcp, not in the default kernel', '{ kernelModule: nvme_tcp }'),
  going('rbd, not in the default kernel', '{ kernelModule: rbd }'),
  going('xfs, not in the default kernel', '{ kernelModule: xfs }'),
  staying('iscsi_tcp, in both kernels', '{ kernelModule: iscsi_tcp }'),
  staying('dm_crypt, in both kernels', '{ kernelModule: dm_crypt }'),
  staying('huge pages, in a file', '{ hugepages: { size: 2Mi, min: 4 } }'),
  staying('swap, off and nowhere', `{ file: { path: /proc/swaps, notMatches: '^/' } }`),
]

const image = process.env['HOSTDEPS_TEST_VM']

/** Each is asked before a real reboot and after. */
describe.skipIf(image === undefined)('a reboot of a machine with a kernel of its own', () => {
  test('takes away just what was foretold', async () => {
    const vm = await bootVm(checkFiles(predictions), 'nosmt')
    const names = predictions.map((_, index) => `p${index}`).join(' ')
    try {
      await vm.must(setUp)
      const before = await vm.check(names)
      await vm.reboot()
      const all = outcomes(predictions, { before, after: await vm.check(names) })
      console.log(tableOf(all))
      expect(all.filter(isWrong)).toEqual([])
    } finally {
      await vm.stop()
    }
  })

  test('into another kernel takes away the modules that this lacks', async () => {
    const [own = '', other = ''] = readdirSync(image ?? '')
      .filter((name) => name.startsWith('vmlinuz-'))
      .map((name) => name.slice('vmlinuz-'.length))
    const vm = await bootVm(checkFiles(ofKernels))
    const names = ofKernels.map((_, index) => `p${index}`).join(' ')
    try {
      await vm.must(otherKernel(other))
      const config = grubConfig([other, own].map((release) => ({ release, parameters: plainParameters })))
      await vm.must(`cat > /boot/grub/grub.cfg << 'EOF'\n${config}\nEOF`)
      const before = await vm.check(names)
      await vm.reboot()
      expect((await vm.must('uname -r')).trim()).toBe(other)
      const all = outcomes(ofKernels, { before, after: await vm.check(names) })
      console.log(tableOf(all))
      expect(all.filter(isWrong)).toEqual([])
    } finally {
      await vm.stop()
    }
  })

  test('accuses nothing that a fresh machine has', async () => {
    const vm = await bootVm()
    try {
      const { checks } = await vm.check('--all')
      const gone = checks
        .flatMap(({ findings }) => findings)
        .filter(({ reason }) => reason === 'GoneAfterReboot')
      expect(gone).toEqual([])
    } finally {
      await vm.stop()
    }
  })
})
