import { findMount } from './mount-table.ts'

/** The version of cgroups that is mounted at /sys/fs/cgroup; a hybrid is 1, and null is neither. */
export function cgroupVersion(mounts: string): 1 | 2 | null {
  const top = findMount(mounts, '/sys/fs/cgroup')
  if (top === null) return null
  return top.fstype === 'cgroup2' ? 2 : 1
}
