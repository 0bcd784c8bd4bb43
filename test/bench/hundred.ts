import { stringify } from 'yaml'

/** A hundred things that hostdeps and its peers are asked for alike; about half of them are on a Debian host. */
export const packages: readonly string[] = [
  'apt',
  'base-files',
  'bash',
  'bsdutils',
  'coreutils',
  'dash',
  'debconf',
  'dpkg',
  'e2fsprogs',
  'findutils',
  'gpgv',
  'grep',
  'gzip',
  'hostname',
  'init',
  'iproute2',
  'kmod',
  'libc6',
  'libsystemd0',
  'login',
  'mount',
  'ncurses-base',
  'passwd',
  'procps',
  'sed',
  'systemd',
  'tar',
  'tzdata',
  'util-linux',
  'zlib1g',
  'open-iscsi',
  'nfs-common',
  'cryptsetup',
  'multipath-tools',
  'lvm2',
  'chrony',
  'nftables',
  'ipset',
  'socat',
  'jq',
  'zfsutils-linux',
  'ceph-common',
  'glusterfs-client',
  'cifs-utils',
  'wireguard',
  'ethtool',
  'conntrack',
  'ipvsadm',
  'xfsprogs',
  'nvme-cli',
]

export const units: readonly string[] = [
  'dbus.service',
  'systemd-journald.service',
  'systemd-udevd.service',
  'cron.service',
  'ssh.service',
  'iscsid.service',
  'multipathd.service',
  'containerd.service',
  'chrony.service',
  'rpcbind.service',
]

export const files: readonly string[] = [
  '/etc/os-release',
  '/etc/hostname',
  '/etc/passwd',
  '/etc/group',
  '/etc/fstab',
  '/etc/hosts',
  '/etc/resolv.conf',
  '/etc/iscsi/initiatorname.iscsi',
  '/etc/multipath.conf',
  '/etc/nfs.conf',
  '/etc/crictl.yaml',
  '/etc/containerd',
  '/usr/bin/env',
  '/usr/sbin/iscsiadm',
  '/sbin/mount.nfs',
  '/opt/cni/bin',
  '/var/lib/kubelet',
  '/run/containerd',
  '/sys/fs/cgroup',
  '/dev/kmsg',
]

/** With a value that they have nearly everywhere. */
export const sysctls: readonly string[] = [
  'vm.max_map_count',
  'vm.swappiness',
  'vm.overcommit_memory',
  'vm.panic_on_oom',
  'vm.dirty_ratio',
  'kernel.panic',
  'kernel.panic_on_oops',
  'kernel.pid_max',
  'kernel.threads-max',
  'kernel.osrelease',
  'fs.file-max',
  'fs.inotify.max_user_instances',
  'fs.inotify.max_user_watches',
  'fs.nr_open',
  'fs.aio-max-nr',
  'net.ipv4.ip_forward',
  'net.ipv4.tcp_keepalive_time',
  'net.core.somaxconn',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.conf.all.rp_filter',
]

/** As a check file of hostdeps. */
export function asCheck(): string {
  return stringify({
    title: 'A hundred things',
    why: 'They are measured.',
    needs: [
      ...packages.map((name) => ({ package: name })),
      ...units.map((name) => ({ unit: name })),
      ...files.map((path) => ({ file: { path } })),
      ...sysctls.map((key) => ({ sysctl: key })),
    ],
  })
}

/** As a spec of preflight, which cannot ask for files: it lists the modules of the kernel in their place. */
export function asPreflight(): string {
  const pass = [{ pass: { message: 'asked' } }]
  const when = (words: string) => [{ pass: { when: words, message: words } }, { fail: { message: words } }]
  return stringify({
    apiVersion: 'troubleshoot.sh/v1beta2',
    kind: 'HostPreflight',
    metadata: { name: 'hundred' },
    spec: {
      collectors: [
        { systemPackages: { ubuntu: packages } },
        { hostServices: {} },
        { sysctl: {} },
        { kernelModules: {} },
      ],
      analyzers: [
        {
          systemPackages: {
            outcomes: [{ fail: { when: '{{ not .IsInstalled }}', message: '{{ .Name }}' } }, ...pass],
          },
        },
        { hostServices: { outcomes: units.flatMap((name) => when(`${name} == active`)) } },
        ...sysctls.map((key) => ({ sysctl: { checkName: key, outcomes: when(`${key} >= 0`) } })),
        { kernelModules: { outcomes: when('nfs == loaded,loadable') } },
      ],
    },
  })
}
