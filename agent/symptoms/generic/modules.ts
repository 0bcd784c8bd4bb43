import type { Subject } from '#agent/symptoms/hit.ts'
import { foldName } from '#agent/model/module-name.ts'
import type { GenericPattern } from './generic-patterns.ts'
import { moduleName, quote } from './parts.ts'

const kmod = 'https://github.com/kmod-project/kmod/blob/master/tools/modprobe.c'
const busyboxModprobe = 'https://github.com/mirror/busybox/blob/master/modutils/modprobe.c'

/** Kernel modules that were not found or not taken, and file systems, which are modules with a helper. */
export const modulePatterns: readonly GenericPattern[] = [
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

/** Modules that are called otherwise than their file system. */
const modulesOf: Readonly<Record<string, string>> = {
  nfs4: 'nfs',
  'fuse.sshfs': 'fuse',
  'fuse.glusterfs': 'fuse',
  smb3: 'cifs',
}

function fileSystem(name: string): readonly Subject[] {
  return [{ kind: 'kernelModule', name: foldName(modulesOf[name] ?? name) }, ...mountHelper(name)]
}

/** mount.nfs mounts nfs4 too. */
function mountHelper(name: string): readonly Subject[] {
  return [{ kind: 'binary', name: `mount.${name === 'nfs4' ? 'nfs' : name}` }]
}
