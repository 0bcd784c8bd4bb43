import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { Answer, PortHolders, PortQuestion } from '#agent/model/question.ts'
import { fateOfErrno } from '#agent/host/files/errno.ts'
import type { RunningProcess } from './list-processes.ts'
import { standingOf } from './host-process.ts'
import { openSockets } from './open-sockets.ts'
import type { OpenSockets } from './open-sockets.ts'

export interface PortView {
  readonly procfs: string
  /** The folder of the process whose network namespace it is. */
  readonly target: string
  readonly listed: Answer<readonly RunningProcess[]>
}

/** Who listens, or is bound, at ports of the network namespace of a process. */
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

/** Of both IP versions; a kernel without IPv6 has no second table. */
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
 * The beginning of a TCP table: the kernel tells those that listen first, and the connections after them may be tens of
 * thousands. https://github.com/torvalds/linux/blob/v6.12/net/ipv4/tcp_ipv4.c (tcp_get_idx)
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

/** Whether the last whole line is of a socket that does not listen. */
function hasOthers(text: string): boolean {
  const end = text.lastIndexOf('\n')
  const last = text.slice(text.lastIndexOf('\n', end - 1) + 1, Math.max(end, 0))
  const [, , , state = ''] = last.trim().split(/\s+/)
  return /^[0-9A-F]{2}$/.test(state) && state !== '0A'
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

/** null when it cannot be told whether it is the host's. */
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
 * Names of the processes that have these sockets open; several may share one, as a service and who started it with it. Those
 * that are asked about come first and are mostly all: to look into every process of a node takes many milliseconds.
 */
function findHolders(inodes: readonly string[], { all, heldBy, open, nameOf }: Suspects): PortHolders {
  const names = new Map(inodes.map((inode) => [inode, new Set<string>()]))
  // With hidepid (proc(5)) process 1 is not seen by who is not root.
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
