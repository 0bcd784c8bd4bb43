import { release } from 'node:os'
import type { NamespaceKind } from './target.ts'

/**
 * Settings below /proc/sys that the kernel keeps for each namespace: whoever reads them is told those of its own, through
 * whatever root it reads.
 */
const places: readonly { readonly kind: NamespaceKind; readonly pattern: RegExp }[] = [
  { kind: 'net', pattern: /^\/proc\/sys\/net\// },
  // https://man7.org/linux/man-pages/man7/ipc_namespaces.7.html
  {
    kind: 'ipc',
    pattern: /^\/proc\/sys\/(fs\/mqueue\/|kernel\/(sem|shm|msg|auto_msgmni)\w*$)/,
  },
  // https://man7.org/linux/man-pages/man7/uts_namespaces.7.html
  { kind: 'uts', pattern: /^\/proc\/sys\/kernel\/(hostname|domainname)$/ },
  // https://man7.org/linux/man-pages/man7/namespaces.7.html
  { kind: 'user', pattern: /^\/proc\/sys\/user\// },
  { kind: 'pid', pattern: /^\/proc\/sys\/kernel\/ns_last_pid$/ },
  ...(hasOwnPidMax(release()) ? [{ kind: 'pid', pattern: /^\/proc\/sys\/kernel\/pid_max$/ } as const] : []),
]

/** Whose namespace decides what is read at a path; null when it is one for the whole machine. */
export function settingKind(path: string): NamespaceKind | null {
  return places.find(({ pattern }) => pattern.test(path))?.kind ?? null
}

/** Since Linux 6.14 each PID namespace has its own: https://docs.kernel.org/admin-guide/sysctl/kernel.html#pid-max */
export function hasOwnPidMax(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map(Number)
  return major > 6 || (major === 6 && minor >= 14)
}
