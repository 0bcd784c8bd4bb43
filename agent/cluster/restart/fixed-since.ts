import type { CheckOnNode, NodeStatus } from '#agent/cluster/node-status.ts'
import { failingContainers } from '#agent/cluster/why/kubelet/failing.ts'
import type { Failing } from '#agent/cluster/why/kubelet/failing.ts'
import type { ClusterPod } from '#agent/node/pod-api.ts'
import type { LeftReason } from './verdict.ts'
import { standsAside } from './stands-aside.ts'

/** A check that the node got, and the failing containers that began before. */
export interface FixedSince {
  readonly said: CheckOnNode
  /** RFC 3339. */
  readonly since: string
  readonly began: readonly Failing[]
}

export interface LookOptions {
  /** Only this check; null for all. */
  readonly check: string | null
  /** Milliseconds. */
  readonly now: number
}

/**
 * What its node got since the pod's containers began, by the status of both; why the pod is left alone when there is nothing.
 * Whether the pod failed for want of it is not asked here.
 *
 * @param node null when it cannot be read
 */
export function fixedSince(
  pod: ClusterPod,
  node: NodeStatus | null,
  { check, now }: LookOptions,
): readonly FixedSince[] | LeftReason {
  const aside = standsAside(pod)
  if (aside !== null) return aside
  if (pod.node === null) return { code: 'NoNode', says: 'it waits for a node' }
  if (node === null) return { code: 'NodeUnknown', says: 'its node cannot be read' }
  const { standing } = node.agent
  if (standing !== 'Ready') return { code: 'AgentAway', says: `${agentWords[standing]} ${node.name}` }
  const got = gotOn(node).filter(({ said }) => check === null || said.name === check)
  if (got.length === 0) return nothingFixed(node, check)
  const failing = failingContainers(pod, now)
  if (failing.length === 0)
    return { code: 'NothingFails', says: 'none of its containers fails: it is not ready yet' }
  const started = failing.flatMap((one) => startOf(one) ?? [])
  if (started.length === 0)
    return { code: 'NeverStarted', says: 'it was never started: the kubelet tries again by itself' }
  const found = got.flatMap(({ said, since }) => {
    const began = failing.filter((one) => (startOf(one) ?? Infinity) < Date.parse(since))
    return began.length === 0 ? [] : [{ said, since, began }]
  })
  if (found.length > 0) return found
  const names = got.map(({ said }) => said.name).join(', ')
  return { code: 'StartedSince', says: `it was started again since ${node.name} has ${names}, and fails` }
}

const agentWords = {
  NotReady: 'what is known may be old: the agent is not ready on',
  NotRunning: 'what is known may be old: no agent runs on',
  Unknown: 'what is known may be old: the agent cannot be seen on',
} as const

function gotOn({ checks }: NodeStatus): readonly { said: CheckOnNode; since: string }[] {
  return checks.flatMap((said) =>
    said.state === 'ready' && said.was === 'missing' && said.since !== null
      ? [{ said, since: said.since }]
      : [],
  )
}

function nothingFixed({ name, checks, trouble }: NodeStatus, check: string | null): LeftReason {
  const code = 'NothingFixed'
  if (trouble !== null) return { code, says: `what ${name} says cannot be read: ${trouble}` }
  const missing = checks.filter(({ state }) => state === 'missing').map((one) => one.name)
  if (check !== null && missing.includes(check)) return { code, says: `${name} still lacks ${check}` }
  const still = check === null && missing.length > 0 ? ` and still lacks ${missing.join(', ')}` : ''
  return { code, says: `${name} got ${check === null ? 'nothing that it lacked' : `no ${check}`}${still}` }
}

/** When the failing container began last; null when it never did. What could not be started has only an end. */
function startOf({ container: { runningSince }, end }: Failing): number | null {
  return runningSince ?? end?.startedAt ?? end?.finishedAt ?? null
}
