/**
 * What is tried from inside a container: each function is sent as text to its Node.js, so it uses nothing but its
 * arguments and what Node.js has built in. What fails comes back as its error code.
 */

/** Directories below these ("" is the root) in which a file can be made, with a "/", and files that can be opened for writing. */
export function findWritable(roots: readonly string[]): string[] {
  const fs = process.getBuiltinModule('node:fs')
  // Of a process itself; and triggers for pressure, which keep nothing.
  const skipped = /^\/proc\/(\d+|self|thread-self|pressure)$/
  const canOpen = (path: string, flags: string) => {
    try {
      fs.closeSync(fs.openSync(path, flags))
      return true
    } catch {
      return false
    }
  }
  const below = (folder: string): string[] => {
    const tried = `${folder}/.hostdeps-test`
    const isWritable = canOpen(tried, 'wx')
    if (isWritable) fs.rmSync(tried)
    const within = list(`${folder}/`).flatMap((name) => look(`${folder}/${name}`))
    return isWritable ? [`${folder}/`, ...within] : within
  }
  const list = (folder: string) => {
    try {
      return fs.readdirSync(folder)
    } catch {
      return []
    }
  }
  const look = (path: string): string[] => {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false })
    if (stat === undefined || skipped.test(path)) return []
    if (stat.isDirectory()) return below(path)
    return stat.isFile() && canOpen(path, 'r+') ? [path] : []
  }
  return roots.flatMap(below)
}

/** The devices in /dev, and which of these paths can be opened for reading. */
export function findDevices(paths: readonly string[]): { there: string[]; open: string[] } {
  const fs = process.getBuiltinModule('node:fs')
  const isDevice = (path: string) => {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false })
    return stat !== undefined && (stat.isCharacterDevice() || stat.isBlockDevice())
  }
  const all = fs.readdirSync('/dev', { recursive: true, encoding: 'utf8' }).map((name) => `/dev/${name}`)
  const open = paths.filter((path) => {
    try {
      fs.closeSync(fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK))
      return true
    } catch {
      return false
    }
  })
  return { there: all.filter((path) => !path.startsWith('/dev/pts/') && isDevice(path)).toSorted(), open }
}

/** What a procfs tells of processes. */
export interface Seen {
  /** The first two words of their command lines. */
  readonly commands: readonly string[]
  /** Whether the text is in the environment of one. */
  readonly isTextSeen: boolean
  /** Different root directories, by device and inode. */
  readonly roots: number
}

/** The text comes in two parts: it would stand in the arguments of this very process else. */
export function seeProcesses(procfs: string, [one, two]: readonly [string, string]): Seen | string {
  const fs = process.getBuiltinModule('node:fs')
  const read = (path: string) => {
    try {
      return fs.readFileSync(path, 'utf8')
    } catch {
      return ''
    }
  }
  const rootOf = (pid: string) => {
    try {
      const { dev, ino } = fs.statSync(`${procfs}/${pid}/root/`)
      return [`${dev}:${ino}`]
    } catch {
      return []
    }
  }
  try {
    const pids = fs.readdirSync(procfs).filter((name) => /^\d+$/.test(name))
    const words = pids.map((pid) => read(`${procfs}/${pid}/cmdline`).split('\0').slice(0, 2).join(' '))
    return {
      commands: words.map((line) => line.trim()).filter((line) => line !== ''),
      isTextSeen: pids.some((pid) => read(`${procfs}/${pid}/environ`).includes(one + two)),
      roots: new Set(pids.flatMap(rootOf)).size,
    }
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}

/** "read", or why not. */
export function readAt(path: string): string {
  const fs = process.getBuiltinModule('node:fs')
  try {
    fs.readFileSync(path)
    return 'read'
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}

/** "written", or why not; the file is taken away again unless it was there. */
export function writeAt(path: string): string {
  const fs = process.getBuiltinModule('node:fs')
  const isThere = fs.existsSync(path)
  try {
    fs.appendFileSync(path, '')
    if (!isThere) fs.rmSync(path)
    return 'written'
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}

/** "root", or why not. */
export function becomeRoot(): string {
  try {
    process.setuid?.(0)
    return 'root'
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}
