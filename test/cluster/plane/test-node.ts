import { setTimeout as sleep } from 'node:timers/promises'
import { patience } from '../../patience.ts'
import type { EventsV1Event, V1Node, V1NodeCondition } from '@kubernetes/client-node'
import { callApi, strategicPatch } from './api-client.ts'
import type { ControlPlane } from './control-plane.ts'

/** A Node without a kubelet, and what beats for it as a kubelet does. */
export interface TestNode {
  readonly name: string
  read(): Promise<V1Node>
  label(key: string): Promise<string | undefined>
  condition(type: string): Promise<V1NodeCondition | undefined>
  /** All of ours about this Node, also what the server says of itself. */
  allEvents(): Promise<readonly EventsV1Event[]>
  /** Those of checks: not what the server says of its own policy, of which most of these clusters have none. */
  events(): Promise<readonly EventsV1Event[]>
  /** Deletes the Node and makes it anew, with another uid. */
  renew(): Promise<void>
  /** How often it was written by the stand-in for the kubelet, and how often that was not what stood there a moment later. */
  readonly beats: { written: number; lost: number }
  stop(): Promise<void>
}

/** Makes the Node and, each second, writes its status and a label of its own as the node's own user, in a kubelet's way. */
export async function makeNode(cluster: ControlPlane, name: 'worker-1' | 'worker-2'): Promise<TestNode> {
  const path = `/api/v1/nodes/${name}`
  const kubelet = { ...cluster.admin, token: cluster.tokenOf(`system:node:${name}`) }
  const beats = { written: 0, lost: 0 }
  const create = () =>
    cluster.call({
      method: 'POST',
      path: '/api/v1/nodes',
      body: { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/os': 'linux' } } },
    })
  const read = () => cluster.call<V1Node>({ path })
  const stopping = new AbortController()
  const beatOnce = async () => {
    const beat = String(beats.written)
    const body = {
      metadata: { annotations: { 'example.com/beat': beat } },
      status: {
        capacity: { cpu: '2', memory: '4Gi', pods: '110' },
        conditions: [kubeletReady(beat)],
      },
    }
    const answer = await callApi<V1Node>(kubelet, {
      method: 'PATCH',
      path: `${path}/status`,
      type: strategicPatch,
      body,
    })
    if (answer.status !== 200) return
    beats.written++
    const now = await read()
    const ready = now.status?.conditions?.find(({ type }) => type === 'Ready')
    const isKept =
      ready?.message === `beat ${beat}` && now.metadata?.annotations?.['example.com/beat'] === beat
    if (!isKept) beats.lost++
  }
  const beating = async () => {
    while (!stopping.signal.aborted) {
      await beatOnce().catch(() => undefined)
      await sleep(1_000)
    }
  }
  const allEvents = async () => {
    const uid = (await read()).metadata?.uid
    const list = await cluster.call<{ items: EventsV1Event[] }>({
      path: '/apis/events.k8s.io/v1/namespaces/default/events',
    })
    return list.items.filter(
      ({ regarding, reportingController }) =>
        regarding?.uid === uid && reportingController === 'hostdeps.dev/agent',
    )
  }
  await create()
  await beatOnce()
  const end = beating()
  return {
    name,
    beats,
    read,
    label: async (key) => (await read()).metadata?.labels?.[key],
    condition: async (type) => (await read()).status?.conditions?.find((one) => one.type === type),
    allEvents,
    events: async () => (await allEvents()).filter(({ reason }) => reason !== 'Unconfined'),
    async renew() {
      await cluster.call({ method: 'DELETE', path })
      await create()
    },
    async stop() {
      stopping.abort()
      await end
    },
  }
}

function kubeletReady(beat: string): V1NodeCondition {
  const now = new Date()
  return {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: `beat ${beat}`,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  }
}

/** Asks each 40 ms until it holds; returns how long that took in milliseconds, and rejects with what it was last. */
export async function until<T>(ask: () => Promise<T>, isSo: (now: T) => boolean): Promise<number> {
  const start = performance.now()
  for (;;) {
    const now = await ask()
    const took = performance.now() - start
    if (isSo(now)) return took
    if (took > patience) throw new Error(`after ${patience} ms it is still ${JSON.stringify(now)}`)
    await sleep(40)
  }
}
