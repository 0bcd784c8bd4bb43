/**
 * The kernel file system that a path is in. No link from elsewhere is followed there: some of its files act when they are read
 * (/proc/kmsg, registers of devices), and some block for good (an environment on a FUSE page), and a user may own the link.
 */
export function shownBy(path: string): string | null {
  return /^\/(proc|sys|dev)\//.exec(path)?.[1] ?? null
}
