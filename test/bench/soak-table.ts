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

/**
 * MiB an hour, by least squares, that what is resident and what is live of a process may grow in the second half of the time. In the
 * first V8 still compiles: of rounds without a pause the live heap grows by 2 MiB in the first thousand, and by 0.2 in the second.
 */
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
  const resident = growthOf(leanest(samples), 'memory')
  const live = growthOf(collected(samples), 'live')
  const isFlat = resident.secondHalf <= aim && live.secondHalf <= aim && more.length === 0
  return { samples, processes: lives.length, resident, live, more, isFlat }
}

function growthOf(samples: readonly Sample[], what: Measured): Growth {
  const middle = Math.floor(samples.length / 2)
  return { firstHalf: slope(samples.slice(0, middle), what), secondHalf: slope(samples.slice(middle), what) }
}

/** Of each ten minutes the one with the least memory: what the others have more is garbage that nobody has collected yet. */
function leanest(samples: readonly Sample[]): Sample[] {
  const start = samples[0]?.at ?? 0
  const windows = Map.groupBy(samples, ({ at }) => Math.floor((at - start) / 600_000))
  // The last one may have begun just now.
  const whole = [...windows.values()].filter((window) => window.length > 5)
  return whole.flatMap((window) => window.toSorted((a, b) => a.memory - b.memory).slice(0, 1))
}

/** Those at which the garbage was collected. */
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
agents were looked at; the first ${(warmUp / 60_000).toFixed(0)} minutes are not counted. The agent of worker-1 lived through all of it. Each ${collect} minutes it was
made to collect its garbage, so that what grows is what it holds: V8, left alone, fills its heap up to the limit first.

Resident is what the process has in memory and what belongs to no file, live what its heap holds once all garbage is collected, both
in MiB. Of what is resident the least in each ten minutes counts: the rest is garbage that waits to be collected. Growth
is in MiB an hour, by least squares, of the first half of the time and of the second; at most ${aim} in the second is the aim. In the first V8
still compiles what runs once a minute. Of several processes the one that lived longest is shown.

| ${head.join(' | ')} |
|${' --- |'.repeat(head.length)}
${rows.map((row) => `| ${cellsOf(row).join(' | ')} |`).join('\n')}
`
}

function cellsOf({ node, half, samples: all }: Series): string[] {
  const { samples, processes, isFlat, more, ...growth } = judged(all)
  const range = (what: Counted) => {
    const each = samples.map(({ counts }) => counts[what])
    const [least, most] = [Math.min(...each), Math.max(...each)]
    return least === most ? `${least}` : `${least} to ${most}`
  }
  const live = collected(samples)
  const memory =
    live.length === 0
      ? [ends(leanest(samples), 'memory'), '', '', '']
      : [ends(leanest(samples), 'memory'), shown(growth.resident), ends(live, 'live'), shown(growth.live)]
  const verdict = isFlat ? 'flat' : more.length > 0 ? `more ${more.join(', ')} in the second half` : 'grows'
  return [node, half, `${processes}`, ...memory, ...counted.map(range), live.length === 0 ? '' : verdict]
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
