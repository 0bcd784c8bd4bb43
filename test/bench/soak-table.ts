import { cpus, release } from 'node:os'
import { counted } from './soak-samples.ts'
import type { Counted, Half, Sample } from './soak-samples.ts'

/** What was seen of a half of an agent, over all processes that it was. */
export interface Series {
  readonly node: string
  readonly half: Half
  readonly samples: Sample[]
}

type Measured = 'memory' | 'live'

/** MiB an hour, by least squares, that what is resident and what is live of a process may grow in the second half of the time. */
const aim = 1

/** MiB an hour. */
interface Growth {
  readonly firstHalf: number
  readonly secondHalf: number
}

export interface Judged {
  /** Of the process that lived longest. */
  readonly samples: readonly Sample[]
  readonly processes: number
  readonly resident: Growth
  readonly live: Growth
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
  const [resident, live] = [growthOf(collected(samples), 'memory'), growthOf(collected(samples), 'live')]
  const isFlat = resident.secondHalf <= aim && live.secondHalf <= aim && more.length === 0
  return { samples, processes: lives.length, resident, live, more, isFlat }
}

function growthOf(samples: readonly Sample[], what: Measured): Growth {
  const middle = Math.floor(samples.length / 2)
  return { firstHalf: slope(samples.slice(0, middle), what), secondHalf: slope(samples.slice(middle), what) }
}

/** Those just after the garbage was collected. In between, V8 lets it wait: up to 10 MiB come and go. */
function collected(samples: readonly Sample[]): Sample[] {
  return samples.filter(({ live }) => live !== undefined)
}

const head = ['node', 'half', 'processes', 'resident', 'growth', 'live', 'growth', ...counted, '']

/** The page, as Markdown. */
export function renderSoak(
  rows: readonly Series[],
  { hours, warmUp, collect }: { hours: number; warmUp: number; collect: number },
): string {
  const [cpu] = cpus()
  return `# ${hours} hours of changes

Written by \`npm run bench:soak\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpu?.model.trim()}, Linux ${release()}, beside other work. Each two minutes a package came or
went on both nodes, each three the config changed, and each five the agent of worker-2 was killed. Each minute both halves of both
agents were looked at. The first ${(warmUp / 60_000).toFixed(0)} minutes are not counted: in them a round is made about each second, as many as in a day, until V8
has compiled what it will. The agent of worker-1 lived through all of it. Each ${collect} minutes it was
made to collect its garbage, so that what grows is what it holds: V8, left alone, fills its heap up to the limit first.

Resident is what the process has in memory and what belongs to no file, live what its heap holds, both in MiB and just after the garbage
was collected; where it never was, the least and the most of all samples. Growth is in MiB an hour, by least squares, of the first half
of the time and of the second; at most ${aim} in the second is the aim. Of several processes the one that lived longest is shown.

| ${head.join(' | ')} |
|${' --- |'.repeat(head.length)}
${rows.map((row) => `| ${cellsOf(row).join(' | ')} |`).join('\n')}
`
}

function cellsOf({ node, half, samples: all }: Series): string[] {
  const { samples, processes, isFlat, more, ...growth } = judged(all)
  const count = (what: Counted) => rangeOf(samples.map(({ counts }) => counts[what]))
  const live = collected(samples)
  const memory =
    live.length === 0
      ? [rangeOf(samples.map(({ memory }) => Math.round(memory))), '', '', '']
      : [ends(live, 'memory'), shown(growth.resident), ends(live, 'live'), shown(growth.live)]
  const verdict = isFlat ? 'flat' : more.length > 0 ? `more ${more.join(', ')} in the second half` : 'grows'
  return [node, half, `${processes}`, ...memory, ...counted.map(count), live.length === 0 ? '' : verdict]
}

function rangeOf(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return least === most ? `${least}` : `${least} to ${most}`
}

function ends(samples: readonly Sample[], what: Measured): string {
  const [first, last] = [samples[0]?.[what], samples.at(-1)?.[what]]
  return first === undefined || last === undefined ? '' : `${first.toFixed(1)} → ${last.toFixed(1)}`
}

function shown({ firstHalf, secondHalf }: Growth): string {
  return `${signed(firstHalf)}, ${signed(secondHalf)}`
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(2)}`
}

/** MiB an hour, by least squares; NaN of fewer than two samples. */
function slope(samples: readonly Sample[], what: Measured): number {
  const hours = samples.map(({ at }) => at / 3_600_000)
  const values = samples.map(({ [what]: value = Number.NaN }) => value)
  const [x, y] = [mean(hours), mean(values)]
  const products = values.map((value, index) => ((hours[index] ?? 0) - x) * (value - y))
  return sum(products) / sum(hours.map((hour) => (hour - x) ** 2))
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

function sum(values: readonly number[]): number {
  return values.reduce((one, other) => one + other, 0)
}
