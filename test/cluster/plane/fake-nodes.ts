import { setTimeout as sleep } from 'node:timers/promises'
import { strategicPatch } from './api-client.ts'
import type { ControlPlane } from './control-plane.ts'

/** A Node without a host: what schedulers and controllers see of one. */
export interface FakeNode {
  readonly labels?: Readonly<Record<string, string>>
  readonly spec?: object
  /** By type; Ready alone, and True, unless told. The node controller makes taints of them. */
  readonly conditions?: Readonly<Record<string, 'True' | 'False'>>
}

const allocatable = { cpu: '4', memory: '8Gi', pods: '110' }

/** Makes Nodes by name and beats for them, else the node controller takes them as gone; the returned function ends that. */
export async function makeFakeNodes(
  cluster: ControlPlane,
  nodes: Readonly<Record<string, FakeNode>>,
): Promise<() => Promise<void>> {
  const names = Object.keys(nodes)
  const beat = async (name: string) => {
    const told = Object.entries(nodes[name]?.conditions ?? { Ready: 'True' })
    const conditions = told.map(([type, status]) => ({ type, status, lastHeartbeatTime: new Date() }))
    const body = { status: { allocatable, capacity: allocatable, conditions } }
    const path = `/api/v1/nodes/${name}/status`
    await cluster.call({ method: 'PATCH', path, type: strategicPatch, body })
  }
  for (const [name, { labels = {}, spec = {} }] of Object.entries(nodes)) {
    const metadata = { name, labels: { 'kubernetes.io/os': 'linux', ...labels } }
    const body = { apiVersion: 'v1', kind: 'Node', metadata, spec }
    await cluster.call({ method: 'POST', path: '/api/v1/nodes', body })
  }
  await Promise.all(names.map(beat))
  const stopping = new AbortController()
  const beating = (async () => {
    while (!stopping.signal.aborted) {
      await sleep(5_000, undefined, { signal: stopping.signal }).catch(() => undefined)
      await Promise.allSettled(names.map(beat))
    }
  })()
  return async () => {
    stopping.abort()
    await beating
  }
}
