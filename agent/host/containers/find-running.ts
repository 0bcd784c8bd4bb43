import { readFileSync, readdirSync } from 'node:fs'
import type { HasProcess } from '#agent/model/container-files.ts'

/**
 * The ids of the attempts that have a process, whatever the runtime: a container's id is part of the name of its cgroup.
 * All processes are looked at only where the one that the runtime names is not of the container.
 */
export function findRunning(procfs: string, attempts: readonly HasProcess[]): ReadonlySet<string> {
  const known = attempts.filter(({ id, pid }) => pid !== null && readCgroup(procfs, String(pid)).includes(id))
  const found = new Set(known.map(({ id }) => id))
  const others = attempts.filter(({ id }) => !found.has(id))
  if (others.length === 0) return found
  const cgroups = new Set(pidsOf(procfs).map((pid) => readCgroup(procfs, pid)))
  for (const { id } of others) if (cgroups.values().some((text) => text.includes(id))) found.add(id)
  return found
}

function pidsOf(procfs: string): readonly string[] {
  try {
    return readdirSync(procfs).filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

/** Empty for a process that has ended. */
function readCgroup(procfs: string, pid: string): string {
  try {
    return readFileSync(`${procfs}/${pid}/cgroup`, 'utf8')
  } catch {
    return ''
  }
}
