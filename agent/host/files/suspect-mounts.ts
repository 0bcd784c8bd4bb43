import { readFileSync } from 'node:fs'

/** Places inside one root that our own process must not touch: mounts that may hang. */
export type SuspectMounts = ReadonlySet<string>

/**
 * File systems served by another machine or process. When that is gone, a call blocks without end (NFS hard mounts: nfs(5)),
 * so they are read in a child.
 */
const suspectTypes =
  /^(nfs|nfs4|cifs|smb3|smbfs|9p|ceph|fuse|fuse\..*|fuseblk|autofs|lustre|glusterfs|beegfs|afs|gpfs|virtiofs|orangefs|ocfs2|gfs2|ncpfs|coda)$/

/** Reads a mountinfo, which never blocks. An unreadable one names no mount: then its root is unreadable too. */
export function readSuspectMounts(mountinfo: string): SuspectMounts {
  try {
    return parseSuspectMounts(readFileSync(mountinfo, 'utf8'))
  } catch {
    return new Set()
  }
}

/** https://www.kernel.org/doc/html/latest/filesystems/proc.html#proc-pid-mountinfo-information-about-mounts */
export function parseSuspectMounts(text: string): SuspectMounts {
  const types = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [before, after] = line.split(' - ')
    const [place, type] = [before?.split(' ')[4], after?.split(' ')[0]]
    if (place !== undefined && type !== undefined) types.set(unescape(place), type)
  }
  return new Set([...types].filter(([, type]) => suspectTypes.test(type)).map(([place]) => place))
}

function unescape(place: string): string {
  return place.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
