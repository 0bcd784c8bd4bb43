import type { Kind, NamedFile } from '../model/need.ts'
import type { Path } from './document.ts'
import type { Mistake } from './mistake.ts'
import type { Reader } from './reader.ts'

/**
 * Where the content of a file may be matched by a user's own check. The prober reads as root, and whoever edits
 * the ConfigMap need not be: elsewhere existence and mode alone are told. A pattern finds out a secret letter by
 * letter, so files that may hold one (iscsid.conf has CHAP passwords, fstab those of shares) are not here.
 */
const readable = [
  '/etc/os-release',
  '/etc/modprobe.d/',
  '/etc/modules-load.d/',
  '/etc/sysctl.d/',
  '/etc/iscsi/initiatorname.iscsi',
  '/etc/multipath.conf',
  '/etc/nfsmount.conf',
  '/proc/sys/',
  '/proc/modules',
  '/proc/filesystems',
  '/proc/swaps',
  '/sys/module/',
  '/sys/kernel/',
  '/sys/fs/',
]

/** Where nodes keep certificates: of the kubelet, of the control plane, of etcd, runtimes and distributions. */
const certificates = [
  '/etc/kubernetes/pki/',
  '/etc/kubernetes/ssl/',
  '/var/lib/kubelet/pki/',
  '/var/lib/rancher/k3s/agent/',
  '/var/lib/rancher/k3s/server/tls/',
  '/var/lib/rancher/rke2/agent/',
  '/var/lib/rancher/rke2/server/tls/',
  '/var/snap/microk8s/current/certs/',
  '/var/lib/k0s/pki/',
  '/var/lib/k0s/kubelet/pki/',
  '/etc/etcd/',
  '/etc/ssl/',
  '/etc/pki/',
  '/etc/containerd/certs.d/',
  '/etc/docker/certs.d/',
]

/** What a user's own check may not do, as mistakes of its file. Shipped checks may do all. */
export function ownCheckMistakes(
  reader: Reader,
  path: Path,
  need: { kind: Kind; spec: Record<string, unknown> },
): Mistake[] {
  const { kind, spec } = need
  if (reader.rules.origin === 'shipped') return []
  const commands = reader.rules.allowCommands ? [] : (kind.runs?.(spec) ?? [])
  const read = kind.reads?.(spec) ?? null
  return [
    ...commands.map((argv) =>
      reader.yaml.mistake(
        path,
        `running ${argv.join(' ')} is refused in own checks unless the agent is started with --allow-commands`,
      ),
    ),
    ...(read === null || isReadable(read) ? [] : [reader.yaml.mistake(path, refusal(read))]),
  ]
}

function refusal({ path, as }: NamedFile): string {
  return as === 'certificate'
    ? `no certificate may be read at ${path} by own checks; allowed are ${certificates.join(', ')}`
    : `the content of ${path} may not be matched by own checks, only its existence and mode; allowed are ${readable.join(', ')}`
}

function isReadable({ path, as }: NamedFile): boolean {
  const isPlain = path.startsWith('/') && !path.split('/').includes('..') && !/(key|secret)s?$/.test(path)
  const places = as === 'certificate' ? certificates : readable
  return isPlain && places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place))
}
