/** What is asked of the host, as data. Two equal questions are one: {@link questionKey} tells. */
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
 * Whose mount namespace a question is asked in. Left out: the host's. Otherwise that of the host's oldest process with this
 * name, for hosts where the kubelet has one of its own. In another namespace than the host's only `stat` and `which` are
 * answered, and they tell of a path no more than that it is there, its type and its mode.
 */
interface InView {
  readonly in?: string
}

/** The text of one regular file. A path that ends in `.gz` is unpacked. */
export interface ReadQuestion extends InView {
  readonly ask: 'read'
  readonly path: string
  /** Most bytes that are read, also after unpacking; a larger file is "failed". Default 1 MiB. */
  readonly limit?: number
  /** Files or folders: a link that leads out of all of them is "denied". Left out: it may lead anywhere. */
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
  /** Names that are read at the most, in no order; left out: all, up to 100,000. */
  readonly most?: number
}

/** What stands at a path, symbolic links followed inside the host's root. */
export interface StatQuestion extends InView {
  readonly ask: 'stat'
  readonly path: string
}

/** What stands in one folder at each name that begins with `prefix`, symbolic links followed. */
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

/**
 * Whose processes count. `host`: root's, outside of containers. `any`: whatever calls itself so, in a container too; a name
 * is the process's own word.
 */
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
  /** Names of processes: of a socket that one of them has, who has it besides is not looked for. */
  readonly heldBy?: readonly string[]
  /** Whose processes of these names count. Default: the host's. */
  readonly of?: ProcessesOf
}

/** Whether the kernel counts its clock as kept right. */
export interface KernelClockQuestion {
  readonly ask: 'kernelClock'
}

/** Where a program is on the host's PATH; the first executable one wins, as in execvp(3). */
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
  /** Folders that it reads and nothing else: its last good answer stands while no file in them changes. */
  readonly reads?: readonly string[]
  /** Its answer is of the program alone, as its version is: a good one stands for up to ten minutes while that is the same. */
  readonly isOfProgram?: true
}

/** What "found" carries for each way of asking. */
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
  /** Files of the folder that could not be read, each with its fate in words. */
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
  /** Bytes; null in another mount namespace than the host's. */
  readonly size: number | null
  /** The path inside the host's root after all symbolic links; as it was asked in another mount namespace. */
  readonly realPath: string
}

export interface FolderStats {
  readonly entries: readonly { readonly name: string; readonly type: FileStat['type'] }[]
  /** Names that could not be looked at, each with its fate in words; a link that leads nowhere is none. */
  readonly unread: readonly { readonly path: string; readonly detail: string }[]
}

/** statfs(2): bytes, and inodes, of which some file systems have 0. */
export interface Space {
  readonly size: number
  /** For who is not root, and with what is set aside for root. */
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
  /** Every socket on it, on whatever address, with the names of the processes that have it open. */
  readonly sockets: readonly (readonly string[])[]
  /** Whether all processes were seen, so that nobody else has them. */
  readonly isWhole: boolean
}

export interface KernelClock {
  readonly isSynchronized: boolean
}

export interface Program {
  /** The first match on the host's PATH; `executable` is false when no match anywhere on it may be executed. */
  readonly path: string
  readonly executable: boolean
}

/** systemd's own property names (org.freedesktop.systemd1(5)); LoadState `not-found` is an answer, not a fate. */
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
  /** At most 4 MiB each; what is beyond is cut and `truncated` says so. */
  readonly stdout: string
  readonly stderr: string
  readonly truncated: boolean
}

/**
 * The fates of a question. `absent` is proof that it is not there; `denied`, `timed-out` and `failed` prove
 * nothing, and are never "missing".
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
