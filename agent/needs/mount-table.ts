export interface Mount {
  readonly fstype: string
  /** Of the mount and of its file system; read-only if either is. */
  readonly options: readonly string[]
  /** shared, slave (both at once too), unbindable; else private. */
  readonly propagation: readonly string[]
}

/**
 * What is on top at a path. The whole table is not parsed: nodes with thousands of mounts change it all the time.
 * https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
 *
 * @param path normalised: absolute, no trailing slash
 */
export function findMount(table: string, path: string): Mount | null {
  const at = lastMountAt(table, path)
  if (at === -1 || ancestorsOf(path).some((parent) => lastMountAt(table, parent) > at)) return null
  return parseMount(lineAt(table, at))
}

/** Where the line of the last mount on a path begins; mounted over, the earlier ones cannot be reached. */
function lastMountAt(table: string, path: string): number {
  const point = escapePath(path)
  let at = table.lastIndexOf(` ${point} `)
  while (at !== -1) {
    const start = table.lastIndexOf('\n', at) + 1
    if (lineAt(table, start).split(' ')[4] === point) return start
    at = start === 0 ? -1 : table.lastIndexOf(` ${point} `, start - 1)
  }
  return -1
}

/** "/a/b/c": "/a", "/a/b". A later mount on one of them hides what was mounted below before. */
function ancestorsOf(path: string): readonly string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}

/** As the kernel writes a mount point: seq_path() with " \t\n\\". */
function escapePath(path: string): string {
  return path.replace(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

function lineAt(table: string, start: number): string {
  const end = table.indexOf('\n', start)
  return table.slice(start, end === -1 ? undefined : end)
}

/** `36 35 98:0 /root /point rw,noatime shared:1 - ext3 /dev/root rw,errors=continue` */
function parseMount(line: string): Mount {
  const words = line.split(' ')
  const dash = words.indexOf('-', 6)
  const options = [...new Set([words[5], words[dash + 3]].flatMap((list) => list?.split(',') ?? []))]
  return {
    fstype: words[dash + 1] ?? '',
    options: options.includes('ro') ? options.filter((option) => option !== 'rw') : options,
    propagation: propagationOf(words.slice(6, dash)),
  }
}

function propagationOf(tags: readonly string[]): readonly string[] {
  const names = { 'shared:': 'shared', 'master:': 'slave', unbindable: 'unbindable' }
  const found = Object.entries(names).flatMap(([tag, name]) =>
    tags.some((one) => one.startsWith(tag)) ? [name] : [],
  )
  return found.length === 0 ? ['private'] : found
}
