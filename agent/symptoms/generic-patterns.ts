import type { Confidence, Subject } from './hit.ts'
import { dotted, foldModule } from './subjects.ts'

/** A line that many programs print, and that names what is missing. */
export interface GenericPattern {
  /** RE2 syntax; the group `name` is the subject's name. */
  readonly log: string
  readonly kind: Subject['kind']
  readonly means: (name: string) => string
  readonly source: string
  readonly confidence: Confidence
  /** The subjects that may be meant, the likeliest first; none when the name is nothing that a host must have. */
  readonly subjects?: (name: string) => readonly Subject[]
  /** Only needs that a check has are worth telling: by itself the name says too little. */
  readonly isOnlyKnown?: true
}

const program = String.raw`(?P<name>/?[\w.+@-][\w.+@/-]*)`
const path = String.raw`[\w.:@+-][\w.:@+/-]*`
const moduleName = String.raw`(?P<name>[\w-]+)`
const quote = '["\'`‘’“”]?'

const nsenter = 'https://github.com/util-linux/util-linux/blob/master/sys-utils/nsenter.c'
const kmod = 'https://github.com/kmod-project/kmod/blob/master/tools/modprobe.c'
const busyboxModprobe = 'https://github.com/mirror/busybox/blob/master/modutils/modprobe.c'
const goExec = 'https://pkg.go.dev/os/exec#ErrNotFound'
const shells = 'https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html'

const binaries: readonly GenericPattern[] = [
  {
    log: `nsenter: (?:failed to execute|can't execute) ${quote}${program}${quote}: (?:No such file or directory|Permission denied)`,
    kind: 'binary',
    means: (name) => `${name} is not on the PATH of the namespace that nsenter entered: the host's`,
    source: nsenter,
    confidence: 'certain',
  },
  {
    log: `chroot: (?:failed to run command|can't execute) ${quote}${program}${quote}: (?:No such file or directory|Permission denied)`,
    kind: 'binary',
    means: (name) => `${name} is not in the root that chroot entered: mostly the host's`,
    source: 'https://www.gnu.org/software/coreutils/manual/html_node/chroot-invocation.html',
    confidence: 'likely',
  },
  {
    log: `(?:nsenter|chroot|/host)[^\\n]*(?:exec|fork/exec)[: ]+"?${program}"?: (?:executable file not found in \\$PATH|no such file or directory)`,
    kind: 'binary',
    means: (name) => `a command for the host found no ${name}`,
    source: goExec,
    confidence: 'likely',
  },
  {
    log: `exec: "${program}": (?:executable file not found in|stat )`,
    kind: 'binary',
    means: (name) => `the process found no ${name}: in the host if it runs there, else in its own image`,
    source: goExec,
    confidence: 'possible',
  },
  {
    log: `(?:^|[ /])env: ${quote}(?:can't execute )?${quote}${program}${quote}: No such file or directory`,
    kind: 'binary',
    means: (name) => `env found no ${name}: in the host if it was run there, else in the image`,
    source: 'https://www.gnu.org/software/coreutils/manual/html_node/env-invocation.html',
    confidence: 'possible',
  },
  {
    log: `(?:^|[\\s:;"'/])${program}: command not found`,
    kind: 'binary',
    means: (name) => `a shell found no ${name}: in the host if it ran there, else in the image`,
    source: shells,
    confidence: 'possible',
  },
  {
    log: `(?:^|[\\s/"])(?:ba|da|a|k|z)?sh: (?:line )?(?:\\d+: )?${program}: not found`,
    kind: 'binary',
    means: (name) => `a shell found no ${name}: in the host if it ran there, else in the image`,
    source: shells,
    confidence: 'possible',
  },
  {
    log: `(?:stat|lstat|exec|fork/exec) (?P<name>/(?:usr/)?(?:local/)?s?bin/[\\w.+@-]+): no such file or directory`,
    kind: 'binary',
    means: (name) => `there is no ${name}: in the host if it was looked for there, else in the image`,
    source: goExec,
    confidence: 'possible',
    isOnlyKnown: true,
  },
  {
    log: `${program}: error while loading shared libraries: `,
    kind: 'binary',
    means: (name) =>
      `${name} is there, but a library of it is not: in the host if it ran there, else in the image`,
    source: 'https://man7.org/linux/man-pages/man8/ld.so.8.html',
    confidence: 'possible',
  },
  {
    log: `${quote}${program}${quote}:? (?:executable (?:file )?)?not found in (?:system |the )?\\$?(?:PATH|path)\\b`,
    kind: 'binary',
    means: (name) => `${name} is not on the PATH: the host's if it was run there, else the image's`,
    source: goExec,
    confidence: 'possible',
    subjects: namedProgram,
  },
]

const modules: readonly GenericPattern[] = [
  {
    log: `Module ${moduleName} not found(?: in directory |\\.)`,
    kind: 'kernelModule',
    means: (name) => `modprobe found no module ${name} for the running kernel`,
    source: kmod,
    confidence: 'likely',
  },
  {
    log: `could not find module by name=${quote}${moduleName}`,
    kind: 'kernelModule',
    means: (name) => `modprobe found no module ${name} for the running kernel`,
    source: 'https://github.com/kmod-project/kmod/blob/master/libkmod/libkmod-module.c',
    confidence: 'likely',
  },
  {
    log: `modprobe: (?:ERROR|FATAL): could not insert ${quote}${moduleName}${quote}: (?:Exec format|Unknown symbol|Invalid|Key was|Required key|No such|Device or|Cannot alloc|Protocol)`,
    kind: 'kernelModule',
    means: (name) => `the kernel refused the module ${name}`,
    source: kmod,
    confidence: 'likely',
  },
  {
    log: `modprobe: (?:ERROR|FATAL): could not insert ${quote}${moduleName}${quote}: (?:Operation not permitted|Permission denied)`,
    kind: 'kernelModule',
    means: (name) =>
      `a container without the right to load it tried to load ${name}; it asks the host to have it loaded`,
    source: kmod,
    confidence: 'possible',
  },
  {
    log: `module ${quote}${moduleName}${quote} not found in modules\\.dep`,
    kind: 'kernelModule',
    means: (name) => `modprobe found no module ${name} for the running kernel`,
    source: busyboxModprobe,
    confidence: 'likely',
  },
  {
    log: `modprobe: can't load module ${moduleName} \\(`,
    kind: 'kernelModule',
    means: (name) => `the kernel refused the module ${name}`,
    source: busyboxModprobe,
    confidence: 'likely',
  },
  {
    log: `insmod: ERROR: could not insert module (?:\\S*/)?(?P<name>[\\w-]+)\\.ko`,
    kind: 'kernelModule',
    means: (name) => `the kernel refused the module ${name}`,
    source: 'https://github.com/kmod-project/kmod/blob/master/tools/insmod.c',
    confidence: 'likely',
  },
  {
    log: `Failed to find module ${quote}${moduleName}${quote}(?:$| in directory)`,
    kind: 'kernelModule',
    means: (name) => `systemd-modules-load found no module ${name} for the running kernel`,
    source: 'https://github.com/systemd/systemd/blob/main/src/shared/module-util.c',
    confidence: 'likely',
  },
  {
    log: `[Uu]nknown filesystem type ${quote}(?P<name>[a-z][\\w.-]+)`,
    kind: 'kernelModule',
    means: (name) => `the kernel has no file system ${name}, or the host has no mount.${name}`,
    source: 'https://github.com/util-linux/util-linux/blob/master/libmount/src/context_mount.c',
    confidence: 'likely',
    subjects: fileSystem,
  },
  {
    log: `need a /sbin/mount\\.(?P<name>[a-z][\\w.-]+) helper program`,
    kind: 'binary',
    means: (name) => `the host has no mount.${name}`,
    source: 'https://github.com/util-linux/util-linux/blob/master/libmount/src/context_mount.c',
    confidence: 'likely',
    subjects: mountHelper,
  },
  {
    log: `Mounting arguments: [^\\n]*?-t (?P<name>[a-z][\\w.-]+) [^\\n]*\\s+Output: mount: [^\\n]*(?:bad option|unknown filesystem type|wrong fs type)`,
    kind: 'binary',
    means: (name) => `the host has no mount.${name}, which the kubelet's mount asks for`,
    source: 'https://github.com/kubernetes/mount-utils/blob/master/mount_linux.go',
    confidence: 'likely',
    subjects: mountHelper,
  },
]

const places: readonly GenericPattern[] = [
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

/** Lines of which the same words stand in the logs of many projects. */
export const genericPatterns: readonly GenericPattern[] = [...binaries, ...modules, ...places]

/** In "executable file not found in $PATH" no program is named. */
function namedProgram(name: string): readonly Subject[] {
  const isWord =
    /^(?:file|files|it|is|was|be|are|were|executable|program|command|binary|module|plugin)$/i.test(name)
  return isWord ? [] : [{ kind: 'binary', name }]
}

/** Modules that are called otherwise than their file system. */
const modulesOf: Readonly<Record<string, string>> = {
  nfs4: 'nfs',
  'fuse.sshfs': 'fuse',
  'fuse.glusterfs': 'fuse',
  smb3: 'cifs',
}

function fileSystem(name: string): readonly Subject[] {
  return [{ kind: 'kernelModule', name: foldModule(modulesOf[name] ?? name) }, ...mountHelper(name)]
}

/** mount.nfs mounts nfs4 too. */
function mountHelper(name: string): readonly Subject[] {
  return [{ kind: 'binary', name: `mount.${name === 'nfs4' ? 'nfs' : name}` }]
}

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
