import { tailLength } from '#agent/model/container-files.ts'
import { listNames, readTail } from '#agent/host/files/read-file.ts'
import type { Resolved } from '#agent/host/files/resolve-path.ts'

/** Entries of a container's log folder that are listed; the kubelet keeps five by default. */
const mostLogs = 1_000

interface Way {
  readonly root: string
  find(path: string): Resolved | null
}

/**
 * The end of a log with, before it, that of the file that was rotated last: right after a rotation a log is nearly empty. The
 * kubelet names it `0.log.20060102-150405`, and compresses only those before it.
 * https://github.com/kubernetes/kubernetes/blob/030880a5dc5449403c6d1f0aa146a7dc21d6c6dc/pkg/kubelet/logs/container_log_manager.go
 */
export function withRotated({ root, find }: Way, { real }: Resolved, tail: Uint8Array): Uint8Array {
  const room = tailLength - tail.length
  const [folder, name] = [real.slice(0, real.lastIndexOf('/')), real.slice(real.lastIndexOf('/') + 1)]
  const place = room > 0 ? find(folder) : null
  if (place === null) return tail
  const listed = listNames(root, place, mostLogs)
  const names = listed.fate === 'found' ? listed.value.names : []
  const last = names.findLast((one) => one.startsWith(`${name}.`) && rotated.test(one.slice(name.length)))
  const found = last === undefined ? null : find(`${folder}/${last}`)
  const before = found === null ? null : readTail(root, found, room)
  return before?.fate === 'found' ? Buffer.concat([before.value, tail]) : tail
}

const rotated = /^\.\d{8}-\d{6}$/
