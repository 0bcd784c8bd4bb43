import { load } from '#agent/catalog/load.ts'
import { systemClock } from '#agent/host/clock.ts'
import { openHost } from '#agent/host/open-host.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { bootReal, realHosts } from '../hosts/real-hosts.ts'
import { measure, showTime } from './measure.ts'

/** Rounds of the whole catalogue, as the prober makes them: on this machine, then on each real host that can be booted. */
const rounds = 100
const loaded = load({ config: null, customChecks: null, allowCommands: true })

console.log(
  `whole catalogue, ${loaded.catalog.size} checks; aims: 10 ms of our own CPU and 3 processes a warm round`,
)
await measureHost('this machine', null)
for (const real of realHosts) {
  if (process.env[real.root] === undefined) console.log(`${real.name}: SKIPPED, ${real.root} is not set`)
  else {
    const host = await bootReal(real)
    try {
      await measureHost(real.name, host.pid)
    } finally {
      await host.stop()
    }
  }
}

async function measureHost(name: string, targetPid: number | null): Promise<void> {
  const host = openHost({ procfs: '/proc', targetPid, deadline: () => 20_000 })
  const round = () =>
    makeRound({ host, clock: systemClock, files: { loaded, mistakes: [] }, names: loaded.catalog.keys() })
  const cold = await measure(1, round)
  await measure(20, round)
  const warm = await measure(rounds, round)
  console.log(
    [
      `${name}:`,
      `  first round  ${cold.wall.least.toFixed(0)} ms, ${cold.started.least} processes`,
      `  warm round   ${showTime(warm.wall)}`,
      `  our own CPU  ${showTime(warm.own)}`,
      `  processes    p50 ${warm.started.middle}, max ${warm.started.most}; their CPU ${warm.children.toFixed(1)} ms`,
    ].join('\n'),
  )
}
