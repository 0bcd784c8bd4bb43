import { execFileSync } from 'node:child_process'
import { load } from '../../agent/catalog/load.ts'
import { systemClock } from '../../agent/host/clock.ts'
import { openHost } from '../../agent/host/open-host.ts'
import { collectAnswers } from '../../agent/model/answers.ts'
import { factQuestions, readFacts } from '../../agent/model/facts.ts'
import { plan } from '../../agent/model/plan.ts'
import { makeRound } from '../../agent/rounds/make-round.ts'

/** A warm round of the whole catalogue on this machine: time, our own CPU, processes started. */
const rounds = 100
const loaded = load({ config: null, ownChecks: null, allowCommands: true })
const host = openHost({ procfs: '/proc', targetPid: null, deadline: () => 5_000 })
const once = () =>
  makeRound({ host, clock: systemClock, files: { loaded, mistakes: [] }, names: loaded.catalog.keys() })

const cold = await timed(once)
for (let round = 0; round < 10; round++) await once()
const before = process.cpuUsage()
const times: number[] = []
for (let round = 0; round < rounds; round++) times.push(await timed(once))
const { user, system } = process.cpuUsage(before)
const sorted = times.toSorted((a, b) => a - b)

const facts = readFacts(collectAnswers(await host.ask(factQuestions)), {
  arch: process.arch,
  now: Date.now(),
})
const questions = plan([...loaded.catalog.values()], facts)
const spawns =
  questions.filter(({ ask }) => ask === 'run').length + (questions.some(({ ask }) => ask === 'unit') ? 1 : 0)

console.log(
  `whole catalogue, ${loaded.catalog.size} checks, ${questions.length} questions (at most ${spawns} processes; aim: 3)`,
)
console.log(
  `cold ${cold.toFixed(1)} ms; warm p50 ${middle(sorted).toFixed(2)} ms, max ${(sorted.at(-1) ?? 0).toFixed(2)} ms`,
)
console.log(`our own CPU a warm round: ${((user + system) / 1000 / rounds).toFixed(2)} ms (aim: 10 ms)`)

const names = [
  'open-iscsi',
  'nfs-common',
  'cryptsetup',
  'dmsetup',
  'multipath-tools',
  'util-linux',
  'iptables',
  'conntrack',
  'ethtool',
  'chrony',
]
const naive = times.slice(0, 10).map(() => timeSync(() => names.forEach(askDpkg)))
console.log(
  `beside it, ten packages asked one by one with dpkg-query: ${middle(naive.toSorted((a, b) => a - b)).toFixed(0)} ms`,
)

function middle(values: readonly number[]): number {
  return values[Math.floor(values.length / 2)] ?? 0
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function timeSync(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

function askDpkg(name: string): void {
  try {
    execFileSync('dpkg-query', ['-W', name], { stdio: 'ignore' })
  } catch {
    // It is not installed.
  }
}
