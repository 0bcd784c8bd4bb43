import { setTimeout as sleep } from 'node:timers/promises'
import { mergePatch } from '../cluster/plane/api-client.ts'
import type { KubeletNode } from '../cluster/nodes/kubelet-node.ts'
import type { RealCluster } from '../cluster/nodes/real-cluster.ts'
import { counted, halves, sampleOf, slope } from './soak-samples.ts'
import type { Half, Sample } from './soak-samples.ts'
import { withLabelledCluster } from './labelled-cluster.ts'

/**
 * Whether an agent grows: both halves on two real nodes, while packages come and go, the config changes, and the agent of worker-2 is
 * killed. HOURS=2 unless told otherwise. That of worker-1 lives through all of it: its slope is what counts.
 */
const hours = Number(process.env['HOURS'] ?? '2')
const sampleEach = 60_000
/** Not counted: Node.js compiles, and its heap gets the size that it needs. Milliseconds. */
const warmUp = Math.min(600_000, (hours * 3_600_000) / 4)
/** In samples. */
const changes = { package: 2, config: 3, kill: 5 } as const

await withLabelledCluster(soak)

async function soak(cluster: RealCluster): Promise<void> {
  const rows = cluster.nodes.flatMap((node) =>
    halves.map((half) => ({ node, half, samples: [] as Sample[] })),
  )
  const start = performance.now()
  for (let minute = 0; performance.now() - start < hours * 3_600_000; minute++) {
    const next = start + (minute + 1) * sampleEach
    await change(cluster, minute)
    await sleep(Math.max(0, next - performance.now()))
    for (const { node, half, samples } of rows) {
      const sample = await sampleOf(node, half)
      if (sample === null) continue
      if (performance.now() - start > warmUp) samples.push(sample)
      console.log(minute, node.name, half, sample.rss.toFixed(1), JSON.stringify(sample.counts))
    }
  }
  for (const { node, half, samples } of rows) tell(node.name, half, samples)
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

async function killHalf(node: KubeletNode, half: Half): Promise<void> {
  const { pid } = (await sampleOf(node, half)) ?? {}
  if (pid !== undefined) await node.host.exec(['kill', '-KILL', pid])
}

function tell(node: string, half: Half, samples: readonly Sample[]): void {
  const lives = Map.groupBy(samples, ({ pid }) => pid)
  const [longest = []] = [...lives.values()].toSorted((a, b) => b.length - a.length)
  const first = longest[0]
  const last = longest.at(-1)
  if (first === undefined || last === undefined || longest.length < 3)
    return console.log(`${node} ${half}: too few samples`)
  const minutes = ((last.at - first.at) / 60_000).toFixed(0)
  const growth = `${slope(longest) >= 0 ? '+' : ''}${slope(longest).toFixed(2)} MiB an hour`
  console.log(
    `\n${node} ${half}: RSS ${first.rss.toFixed(1)} -> ${last.rss.toFixed(1)} MiB, ${growth} over ${minutes} minutes of one process (${lives.size} in all)`,
  )
  for (const what of counted) {
    const each = longest.map(({ counts }) => counts[what])
    const [least, most] = [Math.min(...each), Math.max(...each)]
    const half = Math.floor(each.length / 2)
    const isFlat = Math.max(...each.slice(half)) <= Math.max(...each.slice(0, half))
    console.log(
      `  ${what}: ${each[0]} -> ${each.at(-1)}, least ${least}, most ${most}: ${isFlat ? 'flat' : 'more in the second half'}`,
    )
  }
}
