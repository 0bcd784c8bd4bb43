import type { Kind, NamedFile } from '#agent/model/need.ts'
import type { Question } from '#agent/model/question.ts'
import type { Path } from '#agent/catalog/yaml/yaml-tree.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import type { Reader, Rules } from './rules.ts'

/** Where a user's own check may have a file read; a place ends in / when it is a folder, * is one name. */
interface Allowed {
  readonly places: readonly string[]
  /** Where links from there may lead besides. */
  readonly linked: readonly string[]
}

/**
 * The prober reads as root, and whoever edits the ConfigMap need not be: elsewhere existence and mode alone are told. A
 * pattern finds out a secret letter by letter, so what may hold one is not here: iscsid.conf has CHAP passwords, fstab
 * those of shares, /proc/modules and the sections of a module the addresses of the kernel's code, and in /sys/kernel are the
 * logs of tracing and of IMA.
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
  // All of NixOS's configuration is in its store, which everybody may read.
  linked: ['/etc/sysctl.conf', '/nix/store'],
}

/** Where nodes keep certificates: of the kubelet, of the control plane, of etcd, runtimes and distributions. */
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

/** What a user's own check may not do, as mistakes of its file. Shipped checks may do all. */
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
        `running ${argv.join(' ')} is refused in own checks unless the agent is started with --allow-commands`,
      ),
    ),
    ...(read === null || placeOf(read) !== null ? [] : [reader.yaml.mistake(path, refusal(read))]),
  ]
}

/** A question of an own check: what is read for it must lie in its allowed place by its real name too. */
export function confine<Q extends Question>(question: Q, rules: Rules, read: NamedFile | null): Q {
  if (rules.origin === 'shipped' || read === null || question.ask !== 'read') return question
  const place = placeOf({ ...read, path: question.path })
  return { ...question, beneath: [...(place === null ? [] : [place]), ...allowedFor(read).linked] }
}

function refusal(read: NamedFile): string {
  const places = allowedFor(read).places.join(', ')
  return read.as === 'certificate'
    ? `no certificate may be read at ${read.path} by own checks; allowed are ${places}`
    : `the content of ${read.path} may not be matched by own checks, only its existence and mode; allowed are ${places}`
}

function allowedFor({ as }: NamedFile): Allowed {
  return as === 'certificate' ? certificates : text
}

/** The allowed place that a path is in, /sys/module/nfs/parameters of what is below; null when there is none. */
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
