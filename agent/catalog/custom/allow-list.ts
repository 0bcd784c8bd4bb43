import type { Kind, NamedFile } from '#agent/model/need.ts'
import type { Question } from '#agent/model/question.ts'
import type { Path } from '#agent/catalog/yaml/yaml-tree.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import type { Reader, Rules } from './rules.ts'

/** Where a custom check may read files; a folder ends in /, and * matches one name. */
interface Allowed {
  readonly places: readonly string[]
  /** Other places to which links from there may lead. */
  readonly linked: readonly string[]
}

/**
 * The prober reads as root, and whoever edits the ConfigMap need not be root: elsewhere only existence and mode are shown. A
 * pattern can reveal a secret letter by letter, so files that may contain one are not listed: iscsid.conf has CHAP passwords,
 * fstab those of shares, /proc/modules and a module's sections the addresses of the kernel's code, and /sys/kernel the logs
 * of tracing and IMA.
 */
const text: Allowed = {
  places: [
    '/etc/os-release',
    '/etc/modprobe.d/',
    '/etc/modules-load.d/',
    '/etc/sysctl.d/',
    '/etc/iscsi/initiatorname.iscsi',
    '/etc/multipath.conf',
    '/etc/nfsmount.conf',
    '/proc/sys/',
    '/proc/filesystems',
    '/proc/swaps',
    '/sys/module/*/parameters/',
    '/sys/module/*/version',
    '/sys/module/*/initstate',
    '/sys/kernel/mm/transparent_hugepage/',
    '/sys/kernel/mm/hugepages/',
    '/sys/kernel/mm/ksm/',
    '/sys/kernel/security/lsm',
    '/sys/kernel/security/lockdown',
    '/sys/kernel/cgroup/',
    '/sys/fs/cgroup/cgroup.controllers',
    '/sys/fs/cgroup/cgroup.subtree_control',
    '/sys/fs/selinux/enforce',
    '/sys/fs/btrfs/features/',
    '/sys/fs/ext4/features/',
  ],
  // NixOS keeps its whole configuration in its store, which is world-readable.
  linked: ['/etc/sysctl.conf', '/nix/store'],
}

/** Where nodes keep certificates: those of the kubelet, control plane, etcd, runtimes and distributions. */
const certificates: Allowed = {
  places: [
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
  ],
  linked: [
    '/etc/ssl',
    '/etc/pki',
    '/etc/ca-certificates',
    '/usr/share/ca-certificates',
    '/usr/local/share/ca-certificates',
    '/nix/store',
  ],
}

/** What a custom check may not do, as mistakes of its file. Shipped checks may do anything. */
export function allowListMistakes(
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
        `custom checks may not run ${argv.join(' ')} unless the agent is started with --allow-commands`,
      ),
    ),
    ...(read === null || placeOf(read) !== null ? [] : [reader.yaml.mistake(path, refusal(read))]),
  ]
}

/** Confines a custom check's question: the file's real path must be within its allowed place too. */
export function confine<Q extends Question>(question: Q, rules: Rules, read: NamedFile | null): Q {
  if (rules.origin === 'shipped' || read === null || question.ask !== 'read') return question
  const place = placeOf({ ...read, path: question.path })
  return { ...question, beneath: [...(place === null ? [] : [place]), ...allowedFor(read).linked] }
}

function refusal(read: NamedFile): string {
  const places = allowedFor(read).places.join(', ')
  return read.as === 'certificate'
    ? `custom checks may not read a certificate at ${read.path}; allowed are ${places}`
    : `custom checks may not match the content of ${read.path}, only its existence and mode; allowed are ${places}`
}

function allowedFor({ as }: NamedFile): Allowed {
  return as === 'certificate' ? certificates : text
}

/** The allowed place that a path is in, such as /sys/module/nfs/parameters for a file below it; null when there is none. */
function placeOf(read: NamedFile): string | null {
  const given = read.path.split('/')
  if (/(^|_)(key|secret|password)s?$/.test(given.at(-1) ?? '')) return null
  for (const place of allowedFor(read).places) {
    const parts = place.replace(/\/$/, '').split('/')
    const isLongEnough = place.endsWith('/') ? given.length > parts.length : given.length === parts.length
    const fits = parts.every((part, index) => part === '*' || part === given[index])
    if (isLongEnough && fits) return given.slice(0, parts.length).join('/')
  }
  return null
}
