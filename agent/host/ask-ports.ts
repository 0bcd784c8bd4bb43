import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import type { Answer, PortHolder, PortQuestion } from '../model/question.ts'
import { unansweredErrno } from './errno.ts'

/** Who listens, or is bound, at ports of the network namespace of a process; `self` for our own. */
export function askPorts(
  procfs: string,
  pid: string,
  questions: readonly PortQuestion[],
): Answer<PortHolder>[] {
  const tables = new Map<string, Answer<readonly Socket[]>>()
  const tableOf = (protocol: 'tcp' | 'udp') => {
    const table = tables.get(protocol) ?? readTables(`${procfs}/${pid}/net`, protocol)
    tables.set(protocol, table)
    return table
  }
  const held = questions.map(({ protocol, port }) => {
    const table = tableOf(protocol)
    return table.fate === 'found' ? found(table.value.find((one) => one.port === port) ?? null) : table
  })
  const inodes = held.flatMap((one) => (one.fate === 'found' && one.value !== null ? [one.value.inode] : []))
  const names = inodes.length === 0 ? new Map<string, string>() : findHolders(procfs, new Set(inodes))
  return held.map((one) =>
    one.fate === 'found'
      ? found({ isHeld: one.value !== null, by: names.get(one.value?.inode ?? '') ?? null })
      : one,
  )
}

interface Socket {
  readonly port: number
  readonly inode: string
}

function found<V>(value: V): Answer<V> {
  return { fate: 'found', value }
}

/** Of both IP versions; a kernel without IPv6 has no second table. */
function readTables(folder: string, protocol: 'tcp' | 'udp'): Answer<readonly Socket[]> {
  try {
    const first = parseSockets(readFileSync(`${folder}/${protocol}`, 'utf8'), protocol)
    return found([...first, ...readSecond(`${folder}/${protocol}6`, protocol)])
  } catch (error) {
    return unansweredErrno(error, `${folder}/${protocol}`)
  }
}

function readSecond(path: string, protocol: 'tcp' | 'udp'): readonly Socket[] {
  try {
    return parseSockets(readFileSync(path, 'utf8'), protocol)
  } catch {
    return []
  }
}

/**
 * Local address and port are in hexadecimal; a TCP socket listens in state 0A, a UDP one is there when it is bound and has
 * no other side. https://docs.kernel.org/networking/proc_net_tcp.html
 */
export function parseSockets(text: string, protocol: 'tcp' | 'udp'): Socket[] {
  const lines = text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
  return lines.flatMap(([, local = '', remote = '', state, , , , , , inode = '']) => {
    const isOpen = protocol === 'tcp' ? state === '0A' : remote.endsWith(':0000')
    const port = Number.parseInt(local.split(':')[1] ?? '', 16)
    return isOpen && Number.isInteger(port) ? [{ port, inode }] : []
  })
}

/** Names of the processes that have these sockets open. What may not be looked into is left out. */
function findHolders(procfs: string, inodes: ReadonlySet<string>): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const pid of namesIn(procfs).filter((name) => /^\d+$/.test(name))) {
    for (const inode of socketsOf(`${procfs}/${pid}`))
      if (inodes.has(inode) && !names.has(inode)) names.set(inode, nameOf(`${procfs}/${pid}`))
    if (names.size === inodes.size) break
  }
  return names
}

function socketsOf(place: string): readonly string[] {
  return namesIn(`${place}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${place}/fd/${fd}`))?.[1] ?? []
    } catch {
      return []
    }
  })
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function nameOf(place: string): string {
  try {
    return readFileSync(`${place}/comm`, 'utf8').trim()
  } catch {
    return 'a process that is gone'
  }
}
