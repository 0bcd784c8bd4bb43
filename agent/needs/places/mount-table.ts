import { escapeOctal, unescapeOctal } from '#agent/needs/parts/octal-escapes.ts'

export interface Mount {
  /** What is mounted: a device, a server with its path, a word. */
  readonly source: string
  readonly fstype: string
  /** Of the mount and of its file system; read-only if either is. */
  readonly options: readonly string[]
  /** shared, slave (both at once too), unbindable; else private. */
  readonly propagation: readonly string[]
}

/** The mount in which a path lies. */
export interface Holder {
  /** Where it is mounted: the path itself, or above it. */
  readonly point: string
  readonly mount: Mount
}

/** What is on top at a path; null when nothing is mounted right there. */
export function findMount(table: string, path: string): Mount | null {
  const holder = findHolder(table, path)
  return holder?.point === path ? holder.mount : null
}

/**
 * The mount that holds a path: the nearest one above it that no later mount hides. The whole table is not parsed: nodes
 * with thousands of mounts change it all the time. null when the table has not even a root.
 * https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
 *
 * @param path normalised: absolute, no trailing slash, no symbolic links
 */
export function findHolder(table: string, path: string): Holder | null {
  // The root hides none: mounts that came over from the initramfs are older than it.
  let holder = { point: '/', at: lastMountAt(table, '/') }
  let newest = -1
  for (const point of placesAbove(path)) {
    const at = lastMountAt(table, point)
    if (at <= newest) continue
    holder = { point, at }
    newest = at
  }
  return holder.at === -1 ? null : { point: holder.point, mount: parseMount(lineAt(table, holder.at)) }
}

/** Below the root, with the path itself. "/a/b/c": "/a", "/a/b", "/a/b/c". */
export function placesAbove(path: string): readonly string[] {
  const parts = path.split('/').filter(Boolean)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}

/** Where the line of the last mount on a path begins; mounted over, the earlier ones cannot be reached. */
function lastMountAt(table: string, path: string): number {
  const point = ` ${escapeOctal(path)} `
  let at = table.lastIndexOf(point)
  while (at !== -1) {
    const start = table.lastIndexOf('\n', at) + 1
    const field = fifthField(table, start)
    if (field <= at && table.startsWith(point, field)) return start
    at = start === 0 ? -1 : table.lastIndexOf(point, start - 1)
  }
  return -1
}

/** Where the space before it is, if the line has one: else it is beyond the line. For the root each line of the table is looked at, so that none is cut into words. */
function fifthField(table: string, start: number): number {
  let space = start - 1
  for (let field = 1; field < 5; field++) {
    space = table.indexOf(' ', space + 1)
    if (space === -1) return table.length
  }
  return space
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
    source: unescapeOctal(words[dash + 2] ?? ''),
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
