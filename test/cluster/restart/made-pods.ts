import { readNode } from '#agent/cluster/node-says.ts'
import { agentsByNode } from '#agent/cluster/agents-on.ts'
import { joinNodes } from '#agent/cluster/node-status.ts'
import type { NodeStatus } from '#agent/cluster/node-status.ts'
import { fixedSince } from '#agent/cluster/restart/fixed-since.ts'
import { judgeRestart } from '#agent/cluster/restart/judge-restart.ts'
import type { LeftReason, Restart } from '#agent/cluster/restart/verdict.ts'
import { failingContainers } from '#agent/cluster/why/kubelet/failing.ts'
import { findHits } from '#agent/cluster/why/lines/find-hits.ts'
import type { SeenText } from '#agent/cluster/why/lines/find-hits.ts'
import { loadShipped } from '#agent/catalog/load.ts'
import type { ClusterEvent, ClusterPod, ContainerEnd, PodContainer } from '#agent/node/pod-api.ts'
import { createMatcher } from '#agent/symptoms/matcher.ts'
import { agentOn, madeNode, now } from '../made-nodes.ts'
import type { MadeCheck } from '../made-nodes.ts'

export const { catalog } = loadShipped()
const matcher = createMatcher(catalog.values())

/** When the node got what was missing, as madeNode has it: ten o'clock. */
export const got = Date.parse('2026-11-24T10:00:00Z')
const minute = 60_000

export const iscsiLine =
  'level=fatal msg="Error starting manager: Failed environment check, please make sure you have iscsiadm/open-iscsi installed on the host"\n'

/** Missing until ten o'clock. */
export const fixed: MadeCheck = { state: 'ready', was: 'missing' }

export function madeEnd(changes: Partial<ContainerEnd> = {}): ContainerEnd {
  return {
    code: 1,
    signal: null,
    reason: 'Error',
    message: '',
    startedAt: got - 4 * minute,
    finishedAt: got - 3 * minute,
    ...changes,
  }
}

/** Crash-loops: it began and ended before ten o'clock, and waits for the kubelet. */
export function madeContainer(changes: Partial<PodContainer> = {}): PodContainer {
  return {
    name: 'main',
    kind: 'container',
    image: 'example.com/app:1',
    isReady: false,
    restarts: 7,
    waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' },
    runningSince: null,
    ended: null,
    lastEnd: madeEnd(),
    memoryLimit: null,
    hostPaths: [],
    ...changes,
  }
}

export function madePod(changes: Partial<ClusterPod> = {}): ClusterPod {
  const name = changes.name ?? 'app-x7k2p'
  return {
    namespace: 'shop',
    name,
    uid: `uid-of-${name}`,
    resourceVersion: '7',
    node: 'worker-1',
    phase: 'Running',
    reason: '',
    message: '',
    createdAt: got - 60 * minute,
    isDeleting: false,
    isReady: false,
    controller: { kind: 'ReplicaSet', name: 'app', uid: 'uid-of-app' },
    containers: [madeContainer()],
    unscheduled: null,
    nodeSelector: {},
    affinityKeys: [],
    pinnedTo: null,
    hostNetwork: false,
    requires: null,
    ...changes,
  }
}

export function said(text: string, changes: Partial<SeenText> = {}): SeenText {
  return { from: 'log', container: 'main', text, exitCode: 1, ...changes }
}

export function warning(message: string, lastAt: number): ClusterEvent {
  const about = { kind: 'Pod', name: 'app-x7k2p', uid: 'uid-of-app-x7k2p' }
  return { about, namespace: 'shop', reason: 'Failed', message, lastAt }
}

export interface MadeCase {
  readonly pod?: Partial<ClusterPod>
  /** Of worker-1. */
  readonly checks?: Readonly<Record<string, MadeCheck>>
  /** Of worker-1; null where none runs, 'unseen' where agents may not be listed. */
  readonly agent?: 'Ready' | 'NotReady' | 'unseen' | null
  readonly logs?: readonly SeenText[]
  readonly events?: readonly ClusterEvent[]
  readonly lacking?: readonly string[]
  /** As --check has it. */
  readonly check?: string
}

export function madeStatus({ checks = { 'open-iscsi': fixed }, agent = 'Ready' }: MadeCase = {}): NodeStatus {
  const agents =
    agent === 'unseen' ? null : agentsByNode(agent === null ? [] : [agentOn('worker-1', agent === 'Ready')])
  const node = madeNode('worker-1', checks)
  if (readNode(node, []).trouble !== null) throw new Error('the made Node cannot be read')
  const [status] = joinNodes([node], { agents, only: null, catalog })
  if (status === undefined) throw new Error('no status')
  return status
}

/** Judges a pod as the command does, by the shipped checks; of a pod that is restarted, the check and how it is known. */
export function judge(made: MadeCase): Restart | LeftReason {
  const pod = madePod(made.pod)
  const node = madeStatus(made)
  const found = fixedSince(pod, node, { check: made.check ?? null, now })
  if ('code' in found) return found
  const { events = [], logs = [], lacking = [] } = made
  const seen = { pod, failing: failingContainers(pod, now), events, logs, lacking }
  return judgeRestart(seen, findHits(seen, matcher), { node, fixed: found, catalog })
}
