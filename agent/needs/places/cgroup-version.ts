import type { ReadQuestion } from '#agent/model/question.ts'
import { findMount } from './mount-table.ts'

/** Which mounts the host's first process sees; a node with many pods has thousands. */
export const mountTable: ReadQuestion = { ask: 'read', path: '/proc/1/mountinfo', limit: 4 * 1024 * 1024 }

/** The version of cgroups that is mounted at /sys/fs/cgroup; a hybrid is 1, and null is neither. */
export function cgroupVersion(mounts: string): 1 | 2 | null {
  const top = findMount(mounts, '/sys/fs/cgroup')
  if (top === null) return null
  return top.fstype === 'cgroup2' ? 2 : 1
}
