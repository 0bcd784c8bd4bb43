import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { load } from '../../agent/catalog/load.ts'
import { makeRound } from '../../agent/rounds/make-round.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { compose } from './compose.ts'
import type { More } from './compose.ts'
import { recordedHost } from './recorded-host.ts'

const loaded = load({ config: null, ownChecks: null, allowCommands: true })
const iscsiTools = {
  programs: ['/usr/local/sbin/iscsiadm'],
  runs: [{ argv: ['iscsiadm', '--version'], stdout: 'iscsiadm version 2.1.11\n' }],
}
const gib = '/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages'
const drbd = {
  '/sys/module/drbd/version': '9.2.14\n',
  '/sys/module/drbd/parameters/usermode_helper': 'disabled\n',
}

/** Nodes set up as a project's documents say, and what comes near it. */
test.each<[string, string, More, Readonly<Record<string, string>>]>([
  [
    "Longhorn's agent runs iscsid in its container on Container-Optimized OS",
    'cos-121',
    { processes: ['iscsid'], mounts: { '/var/lib/longhorn': 'ext4' } },
    {
      'open-iscsi': 'ready',
      longhorn: 'ready',
      // These run iscsiadm on the host, which has none.
      'iscsi-volumes': 'missing',
      'democratic-csi-iscsi': 'missing',
      'netapp-trident-iscsi': 'missing',
    },
  ],
  [
    "Talos with siderolabs/iscsi-tools and DRBD's extension",
    'talos-1.11',
    { ...iscsiTools, processes: ['iscsid'], files: drbd },
    { 'open-iscsi': 'ready', longhorn: 'ready', 'piraeus-linstor': 'ready' },
  ],
  [
    'Talos with siderolabs/iscsi-tools whose service does not run',
    'talos-1.11',
    iscsiTools,
    { 'open-iscsi': 'missing', 'nfs-v3-locks': 'missing' },
  ],
  ['Talos with siderolabs/nfs-utils', 'talos-1.11', { processes: ['rpcbind'] }, { 'nfs-v3-locks': 'ready' }],
  [
    'drivers that bring mount.nfs and mount.cifs in their image',
    'bottlerocket-1.50',
    {},
    {
      'csi-driver-nfs': 'ready',
      'democratic-csi-nfs': 'ready',
      'democratic-csi-smb': 'ready',
      'nfs-client': 'missing',
    },
  ],
  [
    'Longhorn V2 wants iscsiadm, and not iscsid',
    'fedora-coreos-43',
    {
      units: { 'iscsid.service': 'inactive disabled', 'iscsid.socket': 'inactive disabled' },
      files: {
        '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages': '1024\n',
        '/proc/modules': ['nvme_tcp', 'vfio_pci', 'uio_pci_generic']
          .map((name) => `${name} 1 0 - Live 0x0\n`)
          .join(''),
      },
    },
    { 'longhorn-v2': 'ready', longhorn: 'missing' },
  ],
  [
    'huge pages of 1 GiB alone',
    'rocky-9',
    { files: { [gib]: '4\n' } },
    { dpdk: 'ready', 'hugepages-2mi': 'missing' },
  ],
  ["Piraeus' loader with LB_HOW shipped_modules", 'ubuntu-24.04', {}, { 'piraeus-linstor': 'ready' }],
  [
    'a Fibre Channel adapter that is not the first of the hosts',
    'rocky-9',
    { folders: ['/sys/class/fc_host/host17'] },
    { 'fibre-channel': 'ready' },
  ],
  [
    'no adapter, but its module in the kernel',
    'talos-1.11',
    { folders: ['/sys/class/fc_host'] },
    { 'fibre-channel': 'missing' },
  ],
  [
    'hardening that mounts /var nosuid and nodev',
    'rocky-9',
    { mounts: { '/var': 'xfs,nosuid,nodev' } },
    { 'node-mounts': 'ready AllReady', 'mount-propagation': 'ready' },
  ],
  [
    'hardening that mounts /var noexec',
    'rocky-9',
    { mounts: { '/var': 'xfs,noexec' } },
    { 'node-mounts': 'ready RecommendedMissing' },
  ],
  [
    'a private mount below shared ones',
    'rocky-9',
    { mounts: { '/var': 'xfs', '/var/lib/kubelet': 'zfs,private' } },
    { 'mount-propagation': 'missing', longhorn: 'missing', 'node-mounts': 'missing' },
  ],
])('%s (%s)', async (_, base, more, states) => {
  const folder = compose(join(import.meta.dirname, 'composed', `${base}.yaml`), more)
  try {
    const files = { loaded, mistakes: [] }
    const names = Object.keys(states)
    const { checks } = await makeRound({ host: recordedHost(folder), clock: fakeClock(), files, names })
    for (const [name, wanted] of Object.entries(states)) {
      const { state, reason } = checks.find((check) => check.name === name) ?? {}
      expect([name, wanted.includes(' ') ? `${state} ${reason}` : state]).toEqual([name, wanted])
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})
