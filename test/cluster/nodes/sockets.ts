import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** The processes in a container's cgroup, by its id, in a host's /proc. */
export function processesOf(procfs: string, containerId: string): string[] {
  const pids = readdirSync(procfs).filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => readOr(join(procfs, pid, 'cgroup'), '').includes(containerId))
}

export interface Sockets {
  /** All of them, of any kind. */
  readonly open: number
  /** Those that somebody else can send to: "tcp6 9465" or "unix /path". */
  readonly reachable: readonly string[]
}

/** Of the open files of processes, those that stand in their network namespace's lists. */
export function socketsOf(procfs: string, pids: readonly string[]): Sockets {
  const held = pids.map((pid) => ({ pid, inodes: inodesOf(join(procfs, pid, 'fd')) }))
  const reachable = held.flatMap(({ pid, inodes }) =>
    listenersOf(join(procfs, pid, 'net'))
      .filter(({ inode }) => inodes.has(inode))
      .map(({ name }) => name),
  )
  return { open: held.reduce((sum, { inodes }) => sum + inodes.size, 0), reachable: [...new Set(reachable)] }
}

interface Listener {
  readonly name: string
  readonly inode: string
}

/** TCP in the state LISTEN (0A), all of UDP and raw, unix with __SO_ACCEPTCON (1 << 16); the columns are those of proc(5). */
export function listenersOf(net: string): Listener[] {
  const rows = (table: string) =>
    readOr(join(net, table), '')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
  const inet = (table: string) =>
    rows(table).flatMap(([, local = '', , state, , , , , , inode = '']) => {
      const name = `${table} ${Number.parseInt(local.split(':')[1] ?? '', 16)}`
      return table.startsWith('tcp') && state !== '0A' ? [] : [{ name, inode }]
    })
  const unix = rows('unix').flatMap(([, , , flags = '0', , , inode = '', path = '']) =>
    (Number.parseInt(flags, 16) & 0x1_00_00) === 0 ? [] : [{ name: `unix ${path}`, inode }],
  )
  return [...['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6'].flatMap(inet), ...unix].filter(
    ({ inode }) => inode !== '',
  )
}

function inodesOf(folder: string): Set<string> {
  const links = listOr(folder).map((fd) => linkOr(join(folder, fd)))
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
}

// A process may end while it is looked at.

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return otherwise
  }
}

function listOr(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function linkOr(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
