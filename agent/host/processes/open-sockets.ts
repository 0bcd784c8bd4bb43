import { readdirSync, readlinkSync } from 'node:fs'
import { fateOfErrno } from '#agent/host/files/errno.ts'

/** The inodes of the sockets that a process has open; null when we may not read them. */
export type OpenSockets = (pid: number) => readonly string[] | null

/** Reads each process once. */
export function openSockets(procfs: string): OpenSockets {
  const known = new Map<number, readonly string[] | null>()
  return (pid) => {
    const before = known.get(pid)
    if (before !== undefined) return before
    const sockets = readSockets(`${procfs}/${pid}/fd`)
    known.set(pid, sockets)
    return sockets
  }
}

function readSockets(folder: string): readonly string[] | null {
  try {
    return readdirSync(folder).flatMap((fd) => inodeOf(`${folder}/${fd}`) ?? [])
  } catch (error) {
    // A process that has ended has nothing open.
    return fateOfErrno(error, folder).fate === 'absent' ? [] : null
  }
}

function inodeOf(place: string): string | null {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(place))?.[1] ?? null
  } catch {
    return null
  }
}
