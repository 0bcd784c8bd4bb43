import { setTimeout as sleep } from 'node:timers/promises'
import { mergePatch } from '../cluster/plane/api-client.ts'
import type { KubeletNode } from '../cluster/nodes/kubelet-node.ts'
import type { RealCluster } from '../cluster/nodes/real-cluster.ts'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { halves, pidOf, sampleOf } from './soak-samples.ts'
import type { Half } from './soak-samples.ts'
import { liveHeap } from './live-heap.ts'
import { judged, renderSoak } from './soak-table.ts'
import type { Series } from './soak-table.ts'
import { withLabelledCluster } from './labelled-cluster.ts'

/**
 * Whether an agent grows: both halves on two real nodes, while packages come and go, the config changes, and the agent of worker-2 is
 * killed. HOURS=2 unless told otherwise; only then SOAK.md is written. The agent of worker-1 lives through all of it: it is judged, and
 * the exit code is 1 when it grew. It collects its garbage now and then: left alone, V8 fills the heap up to its limit for an hour, and
 * what leaks looks the same.
 */
const usual = 2
const hours = Number(process.env['HOURS'] ?? usual)
const judgedNode: KubeletNode['name'] = 'worker-1'
const sampleEach = 60_000
/** Not counted. Milliseconds. */
const warmUp = Math.min(600_000, (hours * 3_600_000) / 4)
/** In samples. */
const changes = { package: 2, config: 3, collect: 5, kill: 5 } as const

await withLabelledCluster(soak)

async function soak(cluster: RealCluster): Promise<void> {
  const rows = cluster.nodes.flatMap((node): (Series & { readonly on: KubeletNode })[] =>
    halves.map((half) => ({ on: node, node: node.name, half, samples: [] })),
  )
  const start = performance.now()
  const warmed = warm(cluster, start + warmUp)
  for (let minute = 0; performance.now() - start < hours * 3_600_000; minute++) {
    const next = start + (minute + 1) * sampleEach
    await change(cluster, minute)
    await sleep(Math.max(0, next - performance.now()))
    for (const { on, half, samples } of rows) {
      const isDue = on.name === judgedNode && minute % changes.collect === 0
      const live = isDue ? await liveHeap(on, await pidOf(on, half)) : null
      const seen = await sampleOf(on, half)
      if (seen === null) continue
      const sample = live === null ? seen : { ...seen, live }
      if (performance.now() - start > warmUp) samples.push(sample)
      console.log(
        minute,
        on.name,
        half,
        sample.memory.toFixed(1),
        sample.live?.toFixed(2) ?? '',
        JSON.stringify(sample.counts),
      )
    }
  }
  await warmed
  const text = renderSoak(rows, { hours, warmUp, collect: changes.collect })
  console.log(text)
  if (hours === usual) writeFileSync(new URL('SOAK.md', import.meta.url), text)
  const isWrong = rows.some(({ node, samples }) => node === judgedNode && !judged(samples).isFlat)
  if (isWrong) process.exitCode = 1
}

async function change({ cluster, nodes }: RealCluster, minute: number): Promise<void> {
  const round = Math.floor(minute / 2)
  if (minute % changes.package === 0)
    for (const { host } of nodes)
      await (round % 2 === 0
        ? host.apt('install', '--no-install-recommends', 'open-iscsi')
        : host.apt('purge', 'open-iscsi'))
  if (minute % changes.config === 0) {
    const shown = ['all', 'problems', 'none'][(minute / changes.config) % 3]
    const data = {
      'config.yaml': `checks: [kubernetes-node, time-sync, open-iscsi, nfs-client]\npublish: { conditions: ${shown} }\n`,
    }
    await cluster.call({
      method: 'PATCH',
      path: '/api/v1/namespaces/hostdeps/configmaps/hostdeps',
      type: mergePatch,
      body: { data },
    })
  }
  if (minute % changes.kill === changes.kill - 1) for (const half of halves) await killHalf(nodes[1], half)
}

/** A round after the other, as many as in a day, so that V8 has compiled what it will: it does so over the first thousand. */
async function warm({ nodes }: RealCluster, until: number): Promise<void> {
  for (let isThere = false; performance.now() < until; isThere = !isThere) {
    for (const { host } of nodes) {
      const file = join(host.root, 'usr/local/bin/comes-and-goes')
      if (isThere) rmSync(file)
      else writeFileSync(file, '', { mode: 0o755 })
    }
    await sleep(500)
  }
}

async function killHalf(node: KubeletNode, half: Half): Promise<void> {
  const pid = await pidOf(node, half)
  if (pid !== '') await node.host.exec(['kill', '-KILL', pid])
}
