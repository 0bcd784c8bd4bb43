/**
 * Where to look for programs on a host, whatever our own PATH is: the usual folders, /opt/bin of Flatcar, and NixOS's system
 * profile.
 */
export const hostPath: readonly string[] = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/opt/bin',
  '/run/current-system/sw/bin',
]

/**
 * The whole environment of a program on the host, except the mark of its run.
 *
 * @param entered whether it runs in a mount namespace that we entered: there systemctl believes it is in a chroot, and does
 *   nothing unless it is forced to use the bus
 */
export function hostEnvironment(entered: boolean): Readonly<Record<string, string>> {
  return { PATH: hostPath.join(':'), LC_ALL: 'C', ...(entered && { SYSTEMCTL_FORCE_BUS: '1' }) }
}
