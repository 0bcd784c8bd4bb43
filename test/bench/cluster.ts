import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { V1Node } from '@kubernetes/client-node'
import type { ControlPlane } from '../cluster/control-plane.ts'
import { controlPlane } from '../setup/control-plane.ts'
import { agentImage } from '../setup/agent-image.ts'
import { hostRoot } from '../setup/host-root.ts'
import { podImage } from '../setup/pod-image.ts'
import { startRealCluster } from '../cluster/real-cluster.ts'
import type { RealCluster } from '../cluster/real-cluster.ts'
import type { KubeletNode } from '../cluster/kubelet-node.ts'
import { until } from '../cluster/test-node.ts'

/**
 * What the DaemonSet costs in steady state, on two real nodes: requests at the API server from its audit log, CPU of each
 * container and memory of the pod from their cgroups. Beside each is what is aimed at. MINUTES=15 unless told otherwise.
 */
const minutes = Number(process.env['MINUTES'] ?? '15')
/** Starting is not steady: the first round, the first apply and Node.js's own compiling are over. Milliseconds. */
const warmUp = 60_000

for (const step of [hostRoot, podImage, agentImage, controlPlane])
  Object.assign(process.env, await step.run((words) => console.log(`${step.title}: ${words}`)))

const on = await startRealCluster()
try {
  await on.install()
  await until(
    () => Promise.all(on.nodes.map(({ name }) => on.labelOf(name, 'open-iscsi'))),
    (all) => all.every(Boolean),
  )
  console.log(`both nodes are labelled; ${minutes} minutes of steady state begin in a minute`)
  await sleep(warmUp)
  await measure(on)
} finally {
  await on.stop()
}

type Container = 'prober' | 'server'

async function measure({ cluster, nodes }: RealCluster): Promise<void> {
  const start = Date.now()
  const versions = await appliedAt(cluster, nodes)
  const watched = await Promise.all(nodes.map(async (node) => ({ node, before: await cpuOf(node), most: 0 })))
  for (let minute = 0; minute < minutes; minute++) {
    await sleep(60_000)
    for (const one of watched) one.most = Math.max(one.most, await memoryOf(one.node))
  }
  const seconds = (Date.now() - start) / 1_000
  const isUnwritten = JSON.stringify(await appliedAt(cluster, nodes)) === JSON.stringify(versions)
  console.log(`\nWrites to the Nodes by agents: ${isUnwritten ? 'none' : 'some'} (aim: none)`)
  tellRequests(requestsSince(cluster.auditLog, start), (seconds / 3_600) * nodes.length)
  for (const { node, before, most } of watched) {
    const now = await cpuOf(node)
    for (const name of ['prober', 'server'] as const) {
      const share = ((now[name] - before[name]) / 1e9 / seconds) * 100
      console.log(`${node.name} ${name}: ${share.toFixed(3)} % of a core (aim: 0.1 % for both)`)
    }
    console.log(`${node.name} pod: at most ${(most / 2 ** 20).toFixed(1)} MiB (aim: 80)`)
  }
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

function tellRequests(requests: readonly string[], hours: number): void {
  console.log('Requests at the API server, an hour and agent:')
  for (const [what, all] of Map.groupBy(requests, (line) => line))
    console.log(`  ${what}: ${(all.length / hours).toFixed(1)}`)
  console.log('  aim: at most 6 patches, of which none changes the Node')
}

/** What agents asked since then; what is tried only is told apart. */
function requestsSince(auditLog: string, since: number): string[] {
  return readFileSync(auditLog, 'utf8')
    .trim()
    .split('\n')
    .flatMap((line) => {
      const { user, verb, objectRef, requestURI, requestReceivedTimestamp } = JSON.parse(line)
      if (
        !String(user.username).endsWith(':hostdeps:hostdeps') ||
        Date.parse(requestReceivedTimestamp) < since
      )
        return []
      const isTry = String(requestURI).includes('dryRun=All')
      return [
        `${isTry ? 'dry run of ' : ''}${verb} ${objectRef.resource}${objectRef.subresource ? `/${objectRef.subresource}` : ''}`,
      ]
    })
}

/** CPU of each container of the agent on a node, nanoseconds. */
async function cpuOf(node: KubeletNode): Promise<Readonly<Record<Container, number>>> {
  const [prober, server] = await Promise.all([cgroupOf(node, 'probe'), cgroupOf(node, 'serve')])
  return { prober: nanoseconds(prober), server: nanoseconds(server) }
}

/** Of both containers, bytes: what is charged to them, less what the kernel takes back first. */
async function memoryOf(node: KubeletNode): Promise<number> {
  const cgroups = await Promise.all([cgroupOf(node, 'probe'), cgroupOf(node, 'serve')])
  return cgroups.reduce((sum, { memory }) => sum + charged(memory), 0)
}

interface Cgroup {
  readonly cpu: string
  readonly memory: string
}

/** Where this machine sees the cgroups of a container, with cgroup v1 (a path a controller) or v2. */
async function cgroupOf({ host }: KubeletNode, command: 'probe' | 'serve'): Promise<Cgroup> {
  const { stdout } = await host.exec(['pgrep', '-of', `hostdeps ${command} `])
  const lines = readFileSync(`${host.root}/proc/${stdout.trim()}/cgroup`, 'utf8').trim().split('\n')
  const place = (controller: string) => {
    const line = lines.find((one) => one.split(':')[1]?.split(',').includes(controller))
    const unified = lines.find((one) => one.startsWith('0::'))
    const path = (line ?? unified)?.split(':')[2] ?? ''
    return join('/sys/fs/cgroup', line === undefined ? '' : controller, path)
  }
  return { cpu: place('cpuacct'), memory: place('memory') }
}

function nanoseconds({ cpu }: Cgroup): number {
  const v1 = join(cpu, 'cpuacct.usage')
  if (existsSync(v1)) return Number(readFileSync(v1, 'utf8'))
  return Number(/^usage_usec (\d+)$/m.exec(readFileSync(join(cpu, 'cpu.stat'), 'utf8'))?.[1]) * 1_000
}

function charged(memory: string): number {
  const [v1, v2] = ['memory.usage_in_bytes', 'memory.current'].map((name) => join(memory, name))
  const usage = Number(readFileSync(existsSync(v1 ?? '') ? (v1 ?? '') : (v2 ?? ''), 'utf8'))
  const stat = readFileSync(join(memory, 'memory.stat'), 'utf8')
  const inactive = /^total_inactive_file (\d+)$/m.exec(stat) ?? /^inactive_file (\d+)$/m.exec(stat)
  return usage - Number(inactive?.[1])
}
