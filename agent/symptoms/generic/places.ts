import type { Subject } from '#agent/symptoms/hit.ts'
import { dotted } from '#agent/symptoms/subjects.ts'
import type { GenericPattern } from './generic-patterns.ts'
import { path, quote } from './parts.ts'

/** Settings, devices, files and units that are not there. */
export const placePatterns: readonly GenericPattern[] = [
  {
    log: `sysctl: (?:cannot stat|error: ${quote})\\s?(?:/proc/sys/)?(?P<name>${path}?)${quote}(?:: No such file or directory| is an unknown key)`,
    kind: 'sysctl',
    means: (name) => `the kernel has no setting ${dotted(name)}: what brings it is not loaded`,
    source: 'https://gitlab.com/procps-ng/procps/-/blob/master/src/sysctl.c',
    confidence: 'likely',
    subjects: setting,
  },
  {
    log: `/proc/sys/(?P<name>${path}?)${quote}: [Nn]o such file or directory`,
    kind: 'sysctl',
    means: (name) => `the kernel has no setting ${dotted(name)}: what brings it is not loaded`,
    source: 'https://docs.kernel.org/admin-guide/sysctl/index.html',
    confidence: 'likely',
    subjects: setting,
  },
  {
    log: `(?:setting key ${quote}|/proc/sys/)(?P<name>${path}?)${quote}(?:, ignoring)?: [Rr]ead-only file system`,
    kind: 'sysctl',
    means: (name) => `the container may not set ${dotted(name)}, so the node has to have it set`,
    source: 'https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/',
    confidence: 'likely',
    subjects: setting,
    isOnlyKnown: true,
  },
  {
    log: `(?P<name>/dev/${path}?)${quote}: [Nn]o such (?:file or directory|device)`,
    kind: 'device',
    means: (name) => `there is no ${name}: in the host, or only in the container`,
    source: 'https://man7.org/linux/man-pages/man2/open.2.html',
    confidence: 'likely',
    subjects: steadyDevice,
  },
  {
    log: `(?P<name>/(?:sys|lib/modules|etc/iscsi|etc/nvme|etc/multipath)[\\w./:+-]+)${quote}: [Nn]o such file or directory`,
    kind: 'file',
    means: (name) => `there is no ${name}: in the host, or only in the container`,
    source: 'https://man7.org/linux/man-pages/man2/open.2.html',
    confidence: 'likely',
    isOnlyKnown: true,
  },
  {
    log: `Unit (?:file )?(?P<name>[\\w:.\\\\@-]+\\.(?:service|socket|mount|timer|target)) (?:not found|could not be found|does not exist|is masked)`,
    kind: 'unit',
    means: (name) => `the host's systemd has no unit ${name} that it may start`,
    source: 'https://github.com/systemd/systemd/blob/main/src/core/dbus-unit.c',
    confidence: 'likely',
  },
]

/** Settings of an interface or a process come and go. */
function setting(name: string): readonly Subject[] {
  const key = dotted(name.replace(/^\/+/, ''))
  return /^net\.ipv[46]\.(?:conf|neigh)\.(?!all\.|default\.)/.test(key) ? [] : [{ kind: 'sysctl', name: key }]
}

/** Disks, terminals and what a container is given come and go; nothing of a host is missing with them. */
const passing =
  /^\/dev\/(?:$|sd|vd|xvd|hd|nvme\d|dm-|md\d|mapper\/|disk\/|block\/|longhorn\/|rbd|nbd\d|loop|drbd|zd|sr\d|nst?\d|pts|shm|tty|std|fd|null|zero|full|u?random|log$|console|ptmx|initctl|core|mqueue|termination-log|bus\/|input|serial|video|snd|char\/)/

function steadyDevice(name: string): readonly Subject[] {
  return passing.test(name) ? [] : [{ kind: 'device', name }]
}
