import type { Counts } from './counted-api.ts'

export interface PhaseFigures {
  readonly title: string
  /** Milliseconds until all Nodes said what they should; null where that is not asked. */
  readonly rightAfter: number | null
  /** Milliseconds until the last request. */
  readonly took: number
  readonly asked: Counts
  /** Of the API server, seconds. */
  readonly cpu: number
  /** What one watcher of all Nodes got. */
  readonly watched: { readonly bytes: number; readonly events: number }
  /** Bytes of etcd's file at the end. */
  readonly etcd: number
}

interface Scale {
  readonly figures: readonly PhaseFigures[]
  readonly count: number
  readonly machine: string
  /** Of the machine before anything was started. */
  readonly loadBefore: number
  /** How many seconds of steady state passed in each. */
  readonly pace: number
}

const head = [
  'phase',
  'all Nodes are right after',
  'requests',
  'a second: mean, peak',
  'by kind',
  'refused',
  'CPU of the API server',
  'sent to one watcher',
  'etcd',
]

/** The page, as Markdown. */
export function renderScale({ figures, count, machine, loadBefore, pace }: Scale): string {
  const rows = figures.map((one) => `| ${cells(one).join(' | ')} |`)
  const steady = figures.find(({ rightAfter }) => rightAfter === null)
  return `# What ${count.toLocaleString('en')} agents ask of one API server

Written by \`npm run bench:scale\` on ${new Date().toISOString().slice(0, 10)}: ${machine}. Others used the machine too (load average ${loadBefore.toFixed(1)} before the
start), and API server, etcd, the agents and the watcher share its processors, with both ends of each TLS handshake, so times and seconds of CPU
are too high rather than too low. The counts depend on that only where answers came too late.

The API server and etcd are real, our admission policies are in force, and each Node has the agent's own publisher, with a token of its
own and connections of its own. There are no kubelets, controllers or other clients. A Node with all of it is about ${sizeOf(figures)} KB; the four checks that are
published by default are on it, all missing at first. Every phase but steady state is worse than real life: all hosts see the change
in the same moment, and all four checks of all Nodes change.

| ${head.join(' | ')} |
|${' --- |'.repeat(head.length)}
${rows.join('\n')}

${steady === undefined ? '' : steadyWords(steady, { count, pace })}

\`get\` reads the own Node at the start, \`apply\` is the server-side apply, \`try\` a dry run that proves that a policy is in force, \`event\` an
event about a check that changed. 429 is the API server's own limit (priority and fairness), \`no answer\` a connection that failed or an
answer that took longer than 10 s; both are tried again, and each try is counted.
`
}

/** As one watcher got it after the first phase. */
function sizeOf(figures: readonly PhaseFigures[]): string {
  const { bytes = 0, events = 1 } = figures[0]?.watched ?? {}
  return (bytes / events / 1_000).toFixed(0)
}

function cells({ title, rightAfter, took, asked, cpu, watched, etcd }: PhaseFigures): string[] {
  const each = Object.values(asked.bySecond)
  const total = each.reduce((sum, one) => sum + one, 0)
  const kinds = Object.entries(asked.byKind).map(([kind, one]) => `${one} ${kind}`)
  const refused = Object.entries(asked.refused).map(([status, one]) =>
    status === '0' ? `${one} no answer` : `${one} × ${status}`,
  )
  return [
    title,
    rightAfter === null ? '' : `${(rightAfter / 1_000).toFixed(1)} s`,
    String(total),
    `${(total / (took / 1_000)).toFixed(0)}, ${Math.max(0, ...each)}`,
    kinds.join(', '),
    refused.length === 0 ? 'none' : refused.join(', '),
    `${cpu.toFixed(1)} s`,
    `${(watched.bytes / 2 ** 20).toFixed(1)} MiB, ${watched.events} events`,
    `${(etcd / 2 ** 20).toFixed(0)} MiB`,
  ]
}

function steadyWords(
  { asked, took, cpu }: PhaseFigures,
  { count, pace }: { count: number; pace: number },
): string {
  const total = Object.values(asked.bySecond).reduce((sum, one) => sum + one, 0)
  const seconds = (took / 1_000) * pace
  return `In steady state ${pace} seconds passed for the agents in each second: what they ask in ${(seconds / 60).toFixed(0)} minutes came within ${(took / 1_000).toFixed(0)} s. In real
time that is ${(total / seconds).toFixed(1)} requests a second of all agents together, ${((total / count / seconds) * 3_600).toFixed(1)} an hour and agent, and ${((cpu / seconds) * 100).toFixed(1)} % of a processor for the API
server, with what it does by itself in these ${(took / 1_000).toFixed(0)} s.`
}
