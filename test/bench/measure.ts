import { subscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'

/** What one kind of work costs, of several runs of it. Others use the machine too: the least says most. */
export interface Cost {
  /** Milliseconds. */
  readonly wall: Spread
  /** Milliseconds of CPU of this process alone. */
  readonly own: Spread
  /** Processes that this process started. */
  readonly started: Spread
  /** Milliseconds of CPU of those that ended, in a run on average; the kernel counts in ticks of ten. */
  readonly children: number
}

export interface Spread {
  readonly least: number
  readonly middle: number
  readonly most: number
}

let started = 0
subscribe('child_process', () => void started++)

/** Runs the work so often, one after the other. */
export async function measure(runs: number, work: () => Promise<unknown>): Promise<Cost> {
  const [wall, own, starts]: [number[], number[], number[]] = [[], [], []]
  const childrenBefore = childrenCpu()
  for (let run = 0; run < runs; run++) {
    const [startedBefore, cpu, start] = [started, process.cpuUsage(), performance.now()]
    await work()
    wall.push(performance.now() - start)
    const { user, system } = process.cpuUsage(cpu)
    own.push((user + system) / 1_000)
    starts.push(started - startedBefore)
  }
  const children = (childrenCpu() - childrenBefore) / runs
  return { wall: spread(wall), own: spread(own), started: spread(starts), children }
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number) => sorted.at(index) ?? Number.NaN
  return { least: at(0), middle: at(Math.floor(sorted.length / 2)), most: at(-1) }
}

export function showTime({ least, middle, most }: Spread): string {
  return `min ${least.toFixed(1)}, p50 ${middle.toFixed(1)}, max ${most.toFixed(1)} ms`
}

/** How many times the first is of the second. */
export function ratio(one: number, other: number): string {
  return `${(one / other).toFixed(1)} times`
}

/** Of all children that were waited for: the 16th and 17th field, proc_pid_stat(5), in ticks of 10 ms. */
function childrenCpu(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) * 10
}
