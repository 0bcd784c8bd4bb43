import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { Answer, PortHolders, PortQuestion } from '#agent/model/question.ts'
import { fateOfErrno } from '#agent/host/files/errno.ts'
import type { RunningProcess } from './list-processes.ts'
import { standingOf } from './host-process.ts'
import { openSockets } from './open-sockets.ts'
import type { OpenSockets } from './open-sockets.ts'

export interface PortView {
  readonly procfs: string
  /** The folder of the process whose network namespace is asked about. */
  readonly target: string
  readonly listed: Answer<readonly RunningProcess[]>
}

/** Finds which processes listen on ports, or are bound to them, in the target's network namespace. */
export function askPorts(
  { procfs, target, listed }: PortView,
  questions: readonly PortQuestion[],
): Answer<PortHolders>[] {
  const tables = new Map<string, Answer<readonly Socket[]>>()
  const tableOf = (protocol: 'tcp' | 'udp') => {
    const table = tables.get(protocol) ?? readTables(`${target}/net`, protocol)
    tables.set(protocol, table)
    return table
  }
  const open = openSockets(procfs)
  return questions.map(({ protocol, port, heldBy = [], of = 'host' }) => {
    const table = tableOf(protocol)
    if (table.fate !== 'found') return table
    const inodes = table.value.filter((one) => one.port === port).map(({ inode }) => inode)
    if (inodes.length === 0) return found({ sockets: [], isWhole: true })
    const all = listed.fate === 'found' ? listed.value : []
    const nameOf = ({ pid, name }: RunningProcess) =>
      of === 'any' || !heldBy.includes(name) ? name : nameOfHost(name, standingOf(target, `${procfs}/${pid}`))
    return found(findHolders(inodes, { all, heldBy, open, nameOf }))
  })
}

interface Socket {
  readonly port: number
  readonly inode: string
}

function found<V>(value: V): Answer<V> {
  return { fate: 'found', value }
}

/** Reads the tables of both IP versions; a kernel without IPv6 has no second one. */
function readTables(folder: string, protocol: 'tcp' | 'udp'): Answer<readonly Socket[]> {
  const first = readTable(`${folder}/${protocol}`, protocol)
  if (first.fate === 'absent') return { fate: 'failed', detail: first.detail }
  if (first.fate !== 'found') return first
  const second = readTable(`${folder}/${protocol}6`, protocol)
  if (second.fate === 'absent') return first
  return second.fate === 'found' ? found([...first.value, ...second.value]) : second
}

function readTable(path: string, protocol: 'tcp' | 'udp'): Answer<readonly Socket[]> {
  try {
    const text = protocol === 'tcp' ? readListening(path) : readFileSync(path, 'utf8')
    return found(parseSockets(text, protocol))
  } catch (error) {
    return fateOfErrno(error, path)
  }
}

/**
 * Reads the head of a TCP table: the kernel lists listening sockets first, and tens of thousands of connections may follow.
 * https://github.com/torvalds/linux/blob/v6.12/net/ipv4/tcp_ipv4.c (tcp_get_idx)
 */
function readListening(path: string): string {
  const handle = openSync(path, 'r')
  try {
    const part = Buffer.alloc(65_536)
    let text = ''
    while (!hasOthers(text)) {
      const length = readSync(handle, part)
      if (length === 0) break
      text += part.toString('latin1', 0, length)
    }
    return text
  } finally {
    closeSync(handle)
  }
}

/** Whether the last whole line shows a socket that does not listen. */
function hasOthers(text: string): boolean {
  const end = text.lastIndexOf('\n')
  const last = text.slice(text.lastIndexOf('\n', end - 1) + 1, Math.max(end, 0))
  const [, , , state = ''] = last.trim().split(/\s+/)
  return /^[0-9A-F]{2}$/.test(state) && state !== '0A'
}

/**
 * Parses a socket table. Local address and port are hexadecimal. A TCP socket counts in state 0A (listening), a UDP socket
 * when it is bound and has no remote address. https://docs.kernel.org/networking/proc_net_tcp.html
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

/** null when it is unknown whether the process is the host's. */
function nameOfHost(name: string, standing: ReturnType<typeof standingOf>): string | null {
  if (standing === 'host') return name
  return standing === 'other' ? `${name} of a user or a container` : null
}

interface Suspects {
  readonly all: readonly RunningProcess[]
  readonly heldBy: readonly string[]
  readonly open: OpenSockets
  readonly nameOf: (process: RunningProcess) => string | null
}

/**
 * The names of the processes that have these sockets open; several may share one, such as a service and whoever passed it
 * the socket. The expected holders are examined first and usually suffice: reading every process of a node takes many
 * milliseconds.
 */
function findHolders(inodes: readonly string[], { all, heldBy, open, nameOf }: Suspects): PortHolders {
  const names = new Map(inodes.map((inode) => [inode, new Set<string>()]))
  // With hidepid (proc(5)), only root sees process 1.
  let isWhole = all.some(({ pid }) => pid === 1)
  const look = (processes: readonly RunningProcess[]) => {
    for (const process of processes) {
      const sockets = open(process.pid)
      if (sockets === null) isWhole = false
      for (const inode of sockets?.filter((one) => names.has(one)) ?? []) {
        const name = nameOf(process)
        if (name === null) isWhole = false
        else names.get(inode)?.add(name)
      }
    }
  }
  look(all.filter(({ name }) => heldBy.includes(name)))
  if ([...names.values()].some(({ size }) => size === 0))
    look(all.filter(({ name }) => !heldBy.includes(name)))
  return { sockets: [...names.values()].map((one) => [...one]), isWhole }
}
