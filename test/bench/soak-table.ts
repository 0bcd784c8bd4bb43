import { cpus, release } from 'node:os'
import { counted } from './soak-samples.ts'
import type { Counted, Half, Sample } from './soak-samples.ts'

/** What was seen of a half of an agent, over all processes that it was. */
export interface Series {
  readonly node: string
  readonly half: Half
  readonly samples: Sample[]
}

/** MiB an hour, by least squares, that a process may grow. */
const aim = 1

export interface Judged {
  /** Of the process that lived longest. */
  readonly samples: readonly Sample[]
  readonly processes: number
  /** MiB an hour, by least squares. */
  readonly slope: number
  /** The same of the second half of the time. */
  readonly later: number
  /** What there was always more of in the second half than once in the first. What is only there for a moment is no leak. */
  readonly more: readonly Counted[]
  readonly isFlat: boolean
}

export function judged(all: readonly Sample[]): Judged {
  const lives = [...Map.groupBy(all, ({ pid }) => pid).values()]
  const [samples = []] = lives.toSorted((a, b) => b.length - a.length)
  const middle = Math.floor(samples.length / 2)
  const least = (part: readonly Sample[], what: Counted) =>
    Math.min(...part.map(({ counts }) => counts[what]))
  const more = counted.filter(
    (what) => least(samples.slice(middle), what) > least(samples.slice(0, middle), what),
  )
  const [whole, later] = [slope(samples), slope(samples.slice(middle))]
  const isFlat = samples.length > 2 && whole <= aim && more.length === 0
  return { samples, processes: lives.length, slope: whole, later, more, isFlat }
}

const head = ['node', 'half', 'processes', 'memory', 'growth', 'in the second half', ...counted, '']

/** The page, as Markdown. */
export function renderSoak(
  rows: readonly Series[],
  { hours, warmUp }: { hours: number; warmUp: number },
): string {
  const [cpu] = cpus()
  return `# ${hours} hours of changes

Written by \`npm run bench:soak\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpu?.model.trim()}, Linux ${release()}, beside other work. Each two minutes a package came or
went on both nodes, each three the config changed, and each five the agent of worker-2 was killed. Each minute both halves of both
agents were looked at; the first ${(warmUp / 60_000).toFixed(0)} minutes are not counted. Memory is what is resident and of no file, in MiB. Of several
processes the one that lived longest is shown. Growth is in MiB an hour, by least squares; at most ${aim} is the aim.

| ${head.join(' | ')} |
|${' --- |'.repeat(head.length)}
${rows.map((row) => `| ${cellsOf(row).join(' | ')} |`).join('\n')}
`
}

function cellsOf({ node, half, samples: all }: Series): string[] {
  const { samples, processes, isFlat, more, ...growth } = judged(all)
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined) return [node, half, '0', ...counted, '', '', '', '']
  const range = (what: Counted) => {
    const each = samples.map(({ counts }) => counts[what])
    const [least, most] = [Math.min(...each), Math.max(...each)]
    return least === most ? `${least}` : `${least} to ${most}`
  }
  return [
    node,
    half,
    String(processes),
    `${first.memory.toFixed(1)} → ${last.memory.toFixed(1)}`,
    signed(growth.slope),
    signed(growth.later),
    ...counted.map(range),
    isFlat ? 'flat' : more.length > 0 ? `more ${more.join(', ')} in the second half` : 'grows',
  ]
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(2)}`
}

function slope(samples: readonly Sample[]): number {
  const hours = samples.map(({ at }) => at / 3_600_000)
  const [x, y] = [mean(hours), mean(samples.map(({ memory }) => memory))]
  const products = samples.map(({ memory }, index) => ((hours[index] ?? 0) - x) * (memory - y))
  return sum(products) / sum(hours.map((hour) => (hour - x) ** 2))
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

function sum(values: readonly number[]): number {
  return values.reduce((one, other) => one + other, 0)
}
