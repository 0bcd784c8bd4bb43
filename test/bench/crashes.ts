import { writeFileSync } from 'node:fs'
import { load } from '#agent/catalog/load.ts'
import { openCrashWatch } from '#agent/crashes/watch-crashes.ts'
import { openHost } from '#agent/host/open-host.ts'
import { systemClock } from '#agent/host/clock.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { idOf, kubeletFolder } from '../host/containers/kubelet-folder.ts'
import { measure, showTime, spread } from './measure.ts'

/**
 * What the crash watch adds to a round of a node with 300 pods of two containers, 20 of which crash: when nothing has changed, when
 * one of them was started again, and when all of them end at once. The files are real, the runtime's and the kubelet's.
 */
const pods = 300
const crashing = 20
const runs = 100
const { catalog } = load({ config: null, allowCommands: false })
const settings = { watch: true, exclude: [] }

const host = openHost({ procfs: '/proc', targetPid: null, deadline: () => 20_000 })
const files = { loaded: load({ config: null, allowCommands: false }), mistakes: [] }
const { checks } = await makeRound({ host, clock: systemClock, files, names: catalog.keys() })
/** As if this machine had no iscsiadm. */
const results = checks.map((check) => ({
  ...check,
  findings: check.findings.map((one) =>
    one.need === 'binary:iscsiadm' ? { ...one, state: 'missing' as const } : one,
  ),
}))

const ordinary =
  '2026-11-29T13:00:00.000000000Z stderr F E1129 13:00:00.000000 1 main.go:42] connection refused\n'
const log = `${ordinary.repeat(700)}nsenter: failed to execute iscsiadm: No such file or directory\n`

const on = kubeletFolder()
try {
  // As on a node: six mounts a pod.
  const mounts = Array.from(
    { length: pods * 6 },
    (_, index) => `${index} 1 0:1 / /run/${index} rw - tmpfs x rw`,
  )
  writeFileSync(`${on.procfs}/1/mountinfo`, mounts.join('\n'))
  const watch = openCrashWatch(on.open())
  let ids = 0
  let time = Date.now()
  let told = 0
  const look = () => {
    const seen = watch.look({ now: time, boot: time - 1e9, results, catalog, settings })
    told = seen.length
    return Promise.resolve(seen)
  }
  const crash = (pod: number, restarts: number) => {
    on.attempt({
      pod: `pod-${pod}`,
      id: idOf(++ids),
      restarts,
      log,
      started: time - 2_000,
      ended: time - 1_000,
    })
    on.settle()
  }
  for (let pod = 0; pod < pods; pod++)
    for (const container of ['main', 'sidecar'])
      on.attempt({ pod: `pod-${pod}`, container, id: idOf(++ids), started: time })
  on.settle()
  const first = await measure(1, look)
  for (const restarts of [1, 2]) {
    time += 10_000
    for (let pod = 0; pod < crashing; pod++) crash(pod, restarts)
    if (restarts === 1) await look()
  }
  // One log is at most 64 KiB; what one round does not read the next one does.
  const all = await measure(1, look)
  await look()
  await measure(20, look)
  const still = await measure(runs, look)
  const costs: number[] = []
  for (let run = 0; run < runs; run++) {
    time += 10_000
    crash(run % crashing, 3 + run)
    costs.push((await measure(1, look)).own.middle)
  }
  console.log(
    [
      `the crash watch, ${pods} pods of two containers, ${crashing} of which crash (${told} are told); own CPU that it adds to a round:`,
      `  the first round         ${showTime(first.own)}`,
      `  ${crashing} crashed, 16 are read   ${showTime(all.own)}`,
      `  nothing changed         ${showTime(still.own)} (aim: 5 ms)`,
      `  one was started again   ${showTime(spread(costs))}`,
    ].join('\n'),
  )
} finally {
  on.remove()
}
