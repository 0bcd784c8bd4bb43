/**
 * Where programs are looked for on a host, whatever PATH we were started with: the usual folders, /opt/bin of Flatcar,
 * and NixOS's system profile.
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
 * All that a program on the host finds in its environment, beside the mark of its run.
 *
 * @param entered whether it runs in a mount namespace that we entered: systemctl takes itself for being in a chroot
 *   there, and does nothing unless it is told to use the bus
 */
export function hostEnvironment(entered: boolean): Readonly<Record<string, string>> {
  return { PATH: hostPath.join(':'), LC_ALL: 'C', ...(entered && { SYSTEMCTL_FORCE_BUS: '1' }) }
}
