import type { V1Container, V1ContainerStatus, V1PodSpec, V1PodStatus } from '@kubernetes/client-node'
import { agentsByNode } from '#agent/cluster/agents-on.ts'
import { joinNodes } from '#agent/cluster/node-status.ts'
import type { Cause, WhyAnswer } from '#agent/cluster/why/answer.ts'
import { explainPod } from '#agent/cluster/why/explain-pod.ts'
import { failingContainers, howItFails } from '#agent/cluster/why/kubelet/failing.ts'
import { findHits } from '#agent/cluster/why/lines/find-hits.ts'
import { joinAnswers } from '#agent/cluster/why/join-answers.ts'
import type { PodSeen } from '#agent/cluster/why/lines/find-hits.ts'
import type { LabelledNode } from '#agent/cluster/why/kubelet/scheduling.ts'
import { load } from '#agent/catalog/load.ts'
import { clusterPodOf } from '#agent/kube/pod-view.ts'
import type { AgentPod, ClusterNode } from '#agent/node/cluster-api.ts'
import type { ClusterEvent, ClusterPod } from '#agent/node/pod-api.ts'
import { createMatcher } from '#agent/symptoms/matcher.ts'
import { agentOn, now } from '../made-nodes.ts'

const { catalog } = load({ config: null, allowCommands: false })
const matcher = createMatcher(catalog.values())

/** Times as the API server writes them: minutes before {@link now}. */
export const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString() as unknown as Date

/** V1PodStatus without its class. */
type PodStatus = { [Key in keyof V1PodStatus]: V1PodStatus[Key] }

export interface Made {
  readonly name?: string
  readonly namespace?: string
  readonly container?: Partial<V1Container>
  readonly status?: Partial<V1ContainerStatus>
  readonly spec?: Partial<V1PodSpec>
  readonly pod?: Partial<PodStatus>
  readonly annotations?: Readonly<Record<string, string>>
}

/** A pod as the API server has it, on worker-1 and of a DaemonSet. */
export function madePod({ name = 'app-1', namespace = 'default', ...made }: Made = {}): ClusterPod {
  const status = { name: 'main', ready: false, restartCount: 0, image: '', imageID: '', ...made.status }
  return clusterPodOf({
    metadata: {
      name,
      namespace,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: ago(60),
      annotations: { ...made.annotations },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'app', uid: 'app', controller: true },
      ],
    },
    spec: {
      nodeName: 'worker-1',
      containers: [{ name: 'main', image: 'example.com/app:1', ...made.container }],
      ...made.spec,
    },
    status: { phase: 'Running', containerStatuses: [status], ...made.pod },
  })
}

/** A container that ended with this code some minutes ago, and waits to be started again. */
export function crashLoop(exitCode: number, more: object = {}): Partial<V1ContainerStatus> {
  const terminated = { exitCode, reason: 'Error', startedAt: ago(3), finishedAt: ago(2), ...more }
  return {
    restartCount: 7,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
    lastState: { terminated },
  }
}

export function waitingFor(reason: string, message = ''): Partial<V1ContainerStatus> {
  return { state: { waiting: { reason, message } } }
}

export function warning(reason: string, message: string): ClusterEvent {
  const about = { kind: 'Pod', name: 'app-1', uid: 'app-1' }
  return { about, namespace: 'default', reason, message, lastAt: now }
}

/** The nodes as commands see them, with an agent on each. */
export function labelled(
  nodes: readonly ClusterNode[],
  agents?: readonly AgentPod[],
): readonly LabelledNode[] {
  const byNode = agentsByNode(agents ?? nodes.map(({ name }) => agentOn(name)))
  return nodes.map((node) => ({
    name: node.name,
    labels: node.labels,
    status: () => {
      const [status] = joinNodes([node], { agents: byNode, only: null, catalog })
      if (status === undefined) throw new Error('no status')
      return status
    },
  }))
}

export interface Told {
  readonly log?: string
  readonly events?: readonly ClusterEvent[]
  readonly nodes: readonly LabelledNode[] | null
}

/** What why says of the pod. */
export function causeOf(pod: ClusterPod, { log, events = [], nodes }: Told): Cause {
  const failing = failingContainers(pod, now)
  const exitCode = failing[0]?.end?.code ?? null
  const logs =
    log === undefined
      ? []
      : [{ from: 'log', container: pod.containers[0]?.name ?? '', text: log, exitCode } as const]
  const seen: PodSeen = { pod, failing, events, logs, lacking: [] }
  return explainPod(seen, findHits(seen, matcher), { catalog, nodes })
}

/** The answers for pods that all print the same. */
export function answersFor(pods: readonly ClusterPod[], told: Told): readonly WhyAnswer[] {
  return joinAnswers(
    pods.map((pod) => {
      const [worst = null] = failingContainers(pod, now)
      const { namespace, name, node, containers } = pod
      const container = worst?.container.name ?? containers[0]?.name ?? null
      const how = howItFails(pod, worst, now)
      return { pod: { namespace, name, container, node, how }, cause: causeOf(pod, told), lacking: [] }
    }),
  )
}
