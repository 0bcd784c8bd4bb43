/** What is asked of the host, as data. Equal questions (see {@link questionKey}) are asked once. */
export type Question =
  | ReadQuestion
  | ReadAllQuestion
  | ListQuestion
  | StatQuestion
  | StatAllQuestion
  | WhichQuestion
  | SpaceQuestion
  | UnitQuestion
  | RunQuestion
  | ProcessQuestion
  | PortQuestion
  | KernelClockQuestion

/**
 * The mount namespace that a question is asked in. Default: the host's. Otherwise that of the host's oldest process with this
 * name, for hosts where the kubelet has its own. Outside of the host's namespace only `stat` and `which` are answered, and they
 * say only that a path exists, its type and its mode.
 */
interface InView {
  readonly in?: string
}

/** The text of one regular file. A file whose path ends in `.gz` is unpacked. */
export interface ReadQuestion extends InView {
  readonly ask: 'read'
  readonly path: string
  /** Most bytes to read, also after unpacking; a larger file is "failed". Default 1 MiB. */
  readonly limit?: number
  /** Files or folders: a link that leads out of all of them is "denied". Default: it may lead anywhere. */
  readonly beneath?: readonly string[]
}

/** The text of every regular file in one folder whose name ends in `suffix`. */
export interface ReadAllQuestion extends InView {
  readonly ask: 'readAll'
  readonly path: string
  readonly suffix: string
}

/** The names in one folder. */
export interface ListQuestion extends InView {
  readonly ask: 'list'
  readonly path: string
  /** Most names to read, in no order. Default: all, up to 100,000. */
  readonly most?: number
}

/** What is at a path, with symbolic links followed inside the host's root. */
export interface StatQuestion extends InView {
  readonly ask: 'stat'
  readonly path: string
}

/** What is in one folder at each name that begins with `prefix`, with symbolic links followed. */
export interface StatAllQuestion extends InView {
  readonly ask: 'statAll'
  readonly path: string
  readonly prefix: string
}

/** How full the file system of a path is. */
export interface SpaceQuestion extends InView {
  readonly ask: 'space'
  readonly path: string
}

/** Whose processes count. `host`: root's, outside of containers. `any`: every process, since each chooses its own name. */
export type ProcessesOf = 'host' | 'any'

/** The oldest process with this name (`/proc/<pid>/comm`). */
export interface ProcessQuestion {
  readonly ask: 'process'
  readonly name: string
  readonly of: ProcessesOf
}

/** Who holds a port of the host's network namespace. */
export interface PortQuestion {
  readonly ask: 'port'
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
  /** Names of processes. Once one of them is found to hold a socket, its other holders are not looked for. */
  readonly heldBy?: readonly string[]
  /** Whose processes of these names count. Default: the host's. */
  readonly of?: ProcessesOf
}

/** Whether the kernel considers its clock synchronized. */
export interface KernelClockQuestion {
  readonly ask: 'kernelClock'
}

/** Where a program is on the host's PATH. The first executable one wins, as in execvp(3). */
export interface WhichQuestion extends InView {
  readonly ask: 'which'
  readonly name: string
}

/** What systemd says of one unit. All unit questions of a round are one `systemctl show`. */
export interface UnitQuestion {
  readonly ask: 'unit'
  readonly name: string
}

/** What a program, run on the host without a shell, prints. argv[0] is a name on the host's PATH or a path. */
export interface RunQuestion extends InView {
  readonly ask: 'run'
  readonly argv: readonly string[]
  /** The only folders that it reads: its last good answer stays valid while no file in them changes. */
  readonly reads?: readonly string[]
  /** The answer depends on the program alone, like its version: a good one is kept for ten minutes while that is the same. */
  readonly isOfProgram?: true
}

/** The value of "found" for each way of asking. */
export interface Answered {
  read: FileText
  readAll: FolderText
  list: FolderNames
  stat: FileStat
  statAll: FolderStats
  which: Program
  unit: UnitProperties
  run: RunResult
  space: Space
  process: ProcessFacts
  port: PortHolders
  kernelClock: KernelClock
}

export interface FileText {
  readonly text: string
}

export interface FolderText {
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** Files in the folder that could not be read, each with its fate in words. */
  readonly unread: readonly { readonly path: string; readonly detail: string }[]
}

export interface FolderNames {
  readonly names: readonly string[]
}

export interface FileStat {
  readonly type: 'file' | 'directory' | 'char' | 'block' | 'fifo' | 'socket'
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes; null outside of the host's mount namespace. */
  readonly size: number | null
  /** The path inside the host's root after all symbolic links; outside of the host's mount namespace, the path as asked. */
  readonly realPath: string
}

export interface FolderStats {
  readonly entries: readonly { readonly name: string; readonly type: FileStat['type'] }[]
  /** Names that could not be looked at, each with its fate in words; dangling links do not count. */
  readonly unread: readonly { readonly path: string; readonly detail: string }[]
}

/** statfs(2): bytes and inodes. Some file systems report 0 inodes. */
export interface Space {
  readonly size: number
  /** Free for everybody; `freeForRoot` includes what is reserved for root. */
  readonly free: number
  readonly freeForRoot: number
  readonly inodes: number
  readonly inodesFree: number
}

export interface ProcessFacts {
  /** /proc/<pid>/limits */
  readonly limits: string
}

export interface PortHolders {
  /** Every socket on the port, on any address, with the names of the processes that have it open. */
  readonly sockets: readonly (readonly string[])[]
  /** Whether all processes were seen, so that there are no other holders. */
  readonly isWhole: boolean
}

export interface KernelClock {
  readonly isSynchronized: boolean
}

export interface Program {
  /** The first match on the host's PATH; `executable` is false when no match on it may be executed. */
  readonly path: string
  readonly executable: boolean
}

/** systemd's property names (org.freedesktop.systemd1(5)). LoadState `not-found` is an answer, not a fate. */
export interface UnitProperties {
  readonly LoadState: string
  readonly ActiveState: string
  readonly SubState: string
  /** Empty for a unit without a file. */
  readonly UnitFileState: string
  /** What may start it at boot besides; not there where it was not asked. */
  readonly starts?: UnitStarts
}

/** Names are in one text, with spaces between; empty where there are none. */
export interface UnitStarts {
  readonly FragmentPath: string
  readonly BusName: string
  readonly TriggeredBy: string
  readonly WantedBy: string
  readonly RequiredBy: string
  readonly UpheldBy: string
  readonly BoundBy: string
  readonly ConsistsOf: string
}

export interface RunResult {
  /** Exit code; null when a signal ended it. */
  readonly exitCode: number | null
  readonly signal: string | null
  /** At most 4 MiB each; the rest is cut, and `truncated` says so. */
  readonly stdout: string
  readonly stderr: string
  readonly truncated: boolean
}

/**
 * The fates of a question. `absent` is proof that it is not there; `denied`, `timed-out` and `failed` prove nothing, and are
 * never "missing".
 */
export type Answer<V> =
  | { readonly fate: 'found'; readonly value: V }
  | { readonly fate: 'absent'; readonly detail: string }
  | Unanswered

export type UnansweredFate = 'denied' | 'timed-out' | 'failed'

export type AnswerTo<Q extends Question> = Answer<Answered[Q['ask']]>

/** A question that got no usable answer: neither found nor absent. */
export interface Unanswered {
  readonly fate: UnansweredFate
  readonly detail: string
}
