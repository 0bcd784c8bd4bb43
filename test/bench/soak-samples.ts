import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { KubeletNode } from '../cluster/nodes/kubelet-node.ts'

export type Half = 'probe' | 'serve'
export const halves: readonly Half[] = ['probe', 'serve']

/** What could grow, of a half of the agent. */
export interface Sample {
  /** Of the machine that measures, milliseconds. */
  readonly at: number
  readonly pid: string
  /** RssAnon, MiB. Pages of files, such as the binary of Node.js, come and go as the whole machine needs memory. */
  readonly memory: number
  /** What the heap held once all garbage was collected, MiB; where that was asked for, just before the rest was looked at. */
  readonly live?: number
  readonly counts: Readonly<Record<Counted, number>>
}

export const counted = ['files', 'watches', 'children', 'zombies'] as const
export type Counted = (typeof counted)[number]

/** Empty while it is being started. */
export async function pidOf({ host }: KubeletNode, half: Half): Promise<string> {
  const { stdout } = await host.exec(['pgrep', '-of', `^node .*hostdeps ${half} `])
  return stdout.trim()
}

/** null while it is being started. */
export async function sampleOf(node: KubeletNode, half: Half): Promise<Sample | null> {
  const { host } = node
  const pid = await pidOf(node, half)
  const proc = join(host.root, 'proc')
  try {
    const status = readFileSync(join(proc, pid, 'status'), 'utf8')
    const files = readdirSync(join(proc, pid, 'fd')).length
    const below = processes(proc).filter(({ parent }) => parent === pid)
    return {
      at: performance.now(),
      pid,
      memory: Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1]) / 1_024,
      counts: {
        files,
        watches: watchesOf(join(proc, pid, 'fdinfo')),
        children: below.length,
        zombies: zombiesOf(proc, pid),
      },
    }
  } catch {
    return null
  }
}

function watchesOf(folder: string): number {
  const texts = readdirSync(folder).map((name) => readOrNothing(join(folder, name)))
  return texts.reduce((sum, text) => sum + (text.match(/^inotify wd:/gm)?.length ?? 0), 0)
}

/** In its own PID namespace, which it shares with the init of its container. */
function zombiesOf(proc: string, pid: string): number {
  const inits = processes(proc).filter(({ id }) => id === pid)
  const families = new Set([pid, ...inits.map(({ parent }) => parent)])
  return processes(proc).filter(({ parent, state }) => state === 'Z' && families.has(parent)).length
}

function processes(proc: string) {
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => {
      const stat = readOrNothing(join(proc, id, 'stat'))
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return state === undefined || parent === undefined ? [] : [{ id, state, parent }]
    })
}

/** It may have ended meanwhile. */
function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
