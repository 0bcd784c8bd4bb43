import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { V1Node, V1ResourceRequirements } from '@kubernetes/client-node'
import { parse } from 'yaml'
import type { ControlPlane } from '../cluster/plane/control-plane.ts'
import type { KubeletNode } from '../cluster/nodes/kubelet-node.ts'
import type { RealCluster } from '../cluster/nodes/real-cluster.ts'
import { containers, usageOf } from './cluster-cgroups.ts'
import type { Container } from './cluster-cgroups.ts'
import { tellRequests } from './cluster-requests.ts'
import { withLabelledCluster } from './labelled-cluster.ts'

/**
 * What the DaemonSet costs in steady state, on two real nodes: requests at the API server from its audit log, CPU and memory
 * of each container from their cgroups. Beside each is what is aimed at, and what the DaemonSet asks for and is bound to.
 * MINUTES=15 unless told otherwise.
 */
const minutes = Number(process.env['MINUTES'] ?? '15')
/** Starting is not steady: the first round, the first apply and Node.js's own compiling are over. Milliseconds. */
const warmUp = 60_000
/** Milliseconds from sample to sample; a round is each minute. */
const sampleEach = 10_000

await withLabelledCluster(async (on) => {
  console.log(`both nodes are labelled; ${minutes} minutes of steady state begin in a minute`)
  await sleep(warmUp)
  await measure(on)
})

async function measure({ cluster, nodes }: RealCluster): Promise<void> {
  const start = Date.now()
  const versions = await appliedAt(cluster, nodes)
  const samples = nodes.map((node) => ({ node, taken: [] as Sample[] }))
  const takeAll = () => Promise.all(samples.map(async ({ node, taken }) => taken.push(await sample(node))))
  await takeAll()
  while (Date.now() - start < minutes * 60_000) {
    await sleep(sampleEach)
    await takeAll()
  }
  const isUnwritten = JSON.stringify(await appliedAt(cluster, nodes)) === JSON.stringify(versions)
  console.log(`\nWrites to the Nodes by agents: ${isUnwritten ? 'none' : 'some'} (aim: none)`)
  tellRequests(cluster.auditLog, start, ((Date.now() - start) / 3_600_000) * nodes.length)
  for (const { node, taken } of samples) tellNode(node.name, taken)
}

/** When each Node was last changed by an agent. */
function appliedAt(cluster: ControlPlane, nodes: readonly KubeletNode[]): Promise<unknown[]> {
  return Promise.all(
    nodes.map(async ({ name }) => {
      const { metadata } = await cluster.call<V1Node>({ path: `/api/v1/nodes/${name}` })
      return metadata?.managedFields?.find(({ manager }) => manager === 'hostdeps')?.time
    }),
  )
}

/** Of a moment: nanoseconds of CPU and bytes, by container. */
interface Sample {
  readonly at: number
  readonly cpu: Readonly<Record<Container, number>>
  readonly memory: Readonly<Record<Container, number>>
}

async function sample(node: KubeletNode): Promise<Sample> {
  const [prober, server] = await Promise.all([usageOf(node, 'prober'), usageOf(node, 'server')])
  return {
    at: performance.now(),
    cpu: { prober: prober.cpu, server: server.cpu },
    memory: { prober: prober.memory, server: server.memory },
  }
}

function tellNode(name: string, taken: readonly Sample[]): void {
  const asked = resourcesAsked()
  console.log(`\n${name}`)
  for (const container of containers) {
    const { requests = {}, limits = {} } = asked.get(container) ?? {}
    const bounds = (key: string) => `requests ${requests[key] ?? 'none'}, limit ${limits[key] ?? 'none'}`
    console.log(`  ${container} CPU: ${tellCpu(taken, [container])} (${bounds('cpu')})`)
    console.log(`  ${container} memory: ${tellMemory(taken, [container])} (${bounds('memory')})`)
  }
  console.log(
    `  pod CPU: ${tellCpu(taken, containers)} (aim: 1.5 m in the whole time, which is 0.15 % of a core)`,
  )
  console.log(`  pod memory: ${tellMemory(taken, containers)} (aim: 80 MiB)`)
}

/** Thousandths of a core, as requests have them: in the whole time, and from sample to sample. */
function tellCpu(taken: readonly Sample[], of: readonly Container[]): string {
  const between = (from: Sample | undefined, to: Sample | undefined) => {
    if (from === undefined || to === undefined) return 0
    const used = of.reduce((sum, one) => sum + to.cpu[one] - from.cpu[one], 0)
    return used / (to.at - from.at) / 1_000
  }
  const each = taken.slice(1).map((one, index) => between(taken[index], one))
  return `${between(taken[0], taken.at(-1)).toFixed(2)} m, ${spread(each, 2)} m in ${sampleEach / 1_000} s`
}

function tellMemory(taken: readonly Sample[], of: readonly Container[]): string {
  const each = taken.map(({ memory }) => of.reduce((sum, one) => sum + memory[one], 0) / 2 ** 20)
  return `${spread(each, 1)} MiB`
}

function spread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b)
  const [p50 = 0, most = 0] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)]
  return `p50 ${p50.toFixed(digits)}, max ${most.toFixed(digits)}`
}

/** What the DaemonSet of the manifests asks for, by container. */
function resourcesAsked(): Map<string, V1ResourceRequirements> {
  const file = new URL('../../manifests/base/daemon-set.yaml', import.meta.url)
  const { spec } = parse(readFileSync(file, 'utf8'))
  const list: { name: string; resources: V1ResourceRequirements }[] = spec.template.spec.containers
  return new Map(list.map(({ name, resources }) => [name, resources]))
}
