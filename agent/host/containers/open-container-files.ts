import { lstatSync, readlinkSync } from 'node:fs'
import type { ContainerFiles } from '#agent/model/container-files.ts'
import { tailLength } from '#agent/model/container-files.ts'
import { shownBy } from '#agent/host/files/kernel-files.ts'
import { listNames, readTail, readText } from '#agent/host/files/read-file.ts'
import { resolvePath } from '#agent/host/files/resolve-path.ts'
import type { Resolved } from '#agent/host/files/resolve-path.ts'
import { readSuspectMounts } from '#agent/host/files/suspect-mounts.ts'
import type { SuspectMounts } from '#agent/host/files/suspect-mounts.ts'
import { openTarget, placesOf } from '#agent/host/processes/target.ts'
import { containerLinks as links } from '#agent/host/watched-places.ts'
import { findRunning } from './find-running.ts'
import { statusFiles } from './status-files.ts'
import { withRotated } from './rotated-logs.ts'

/** Entries that are listed; a node has some hundreds. With more nothing is said about any of them. */
const mostLinks = 20_000

/** Bytes of a runtime's file about one attempt; they have less than 2 KiB. */
const largestStatus = 64 * 1024

/** A folder that changed within the last moments may change again without another time. Milliseconds. */
const racyTime = 2_000

/** How long a list of mounts is used; milliseconds. */
const mountsFor = 60_000

/** Opens the files of a host about its containers. Nothing on a mount that may hang is touched. */
export function openContainerFiles(host: { procfs: string; targetPid: number | null }): ContainerFiles {
  const opened = openTarget(host.procfs, host.targetPid)
  const { root, mountinfo } = 'fate' in opened ? placesOf(`${host.procfs}/${host.targetPid}`) : opened
  const mounts = keepMounts(mountinfo)
  let listed: string | null = null
  const find = (path: string): Resolved | null => {
    const found = resolvePath({ root, suspects: mounts() }, path)
    // Some of the kernel's own files act when they are read, or block.
    return found.fate === 'found' && shownBy(found.value.real) === null ? found.value : null
  }
  return {
    links() {
      const found = find(links)
      if (found === null) return null
      const sign = signOf(found)
      if (sign !== null && sign === listed) return 'unchanged'
      const answer = listNames(root, found, mostLinks + 1)
      listed = sign
      return answer.fate === 'found' && answer.value.names.length <= mostLinks ? answer.value.names : null
    },
    leadsTo(link) {
      const found = find(links)
      return found === null ? null : readLink(`${root}${found.real}/${link}`)
    },
    status(id) {
      for (const { runtime, path } of statusFiles(id)) {
        const found = find(path)
        const answer = found === null ? null : readText(root, found, largestStatus)
        if (answer?.fate === 'found') return { runtime, text: answer.value.text }
      }
      return null
    },
    tail(link) {
      const found = find(`${links}/${link}`)
      if (found === null) return null
      const answer = readTail(root, found, tailLength)
      return answer.fate === 'found' ? withRotated({ root, find }, found, answer.value) : null
    },
    running: (attempts) => findRunning(host.procfs, attempts),
  }
}

function keepMounts(mountinfo: string): () => SuspectMounts {
  let kept: { readonly mounts: SuspectMounts; readonly at: number } | null = null
  return () => {
    const now = performance.now()
    if (kept === null || now - kept.at > mountsFor) kept = { mounts: readSuspectMounts(mountinfo), at: now }
    return kept.mounts
  }
}

/** Changes with the entries of a folder; null when a change may not show. */
function signOf({ real, stat }: Resolved): string | null {
  const { dev, ino, mtimeMs, ctimeMs } = stat
  return Date.now() - mtimeMs > racyTime ? [real, dev, ino, mtimeMs, ctimeMs].join(':') : null
}

function readLink(place: string): string | null {
  try {
    return lstatSync(place).isSymbolicLink() ? readlinkSync(place) : null
  } catch {
    return null
  }
}
