import { labelKey, maxPublished, prefix } from '#agent/model/names.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { NodeStatus } from '#agent/cluster/node-status.ts'
import type { Check } from '#agent/model/check.ts'
import type { ClusterPod } from '#agent/node/pod-api.ts'
import type { Cause, HostSide } from '#agent/cluster/why/answer.ts'
import { hostSideOf } from '#agent/cluster/why/host-sides.ts'
import { noCause } from '#agent/cluster/why/no-cause.ts'

/** A node with its labels, which say what pods may be on it. */
export interface LabelledNode {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Worked out when it is first asked for: of thousands of nodes few are. */
  readonly status: () => NodeStatus
}

/** Nodes that an answer is told of; the others lack the same. */
const mostSides = 20

/** What the answer for a pod without a node depends on. */
export interface SchedulingFacts {
  /** null when they may not be listed. */
  readonly nodes: readonly LabelledNode[] | null
  readonly catalog: ReadonlyMap<string, Check>
}

/** Why the scheduler finds no node for a pod. */
export function causeOfNoNode(pod: ClusterPod, facts: SchedulingFacts): Cause {
  const text = pod.unscheduled?.message ?? ''
  const evidence = text === '' ? [] : [{ from: 'status', container: null, text: plainLine(text) } as const]
  const plain = (says: string, next: string | null = null): Cause => ({ ...nothing, says, next, evidence })
  if (pod.unscheduled?.reason === 'SchedulingGated')
    return plain('its scheduling gates keep it: whoever set them has not taken them away')
  return { ...(causeByChecks(pod, facts) ?? plainCause(text, pod, { facts, plain })), evidence }
}

const nothing: Cause = { ...noCause, verdict: 'not the host' }

/** The checks that a pod is kept off by, whether the gate or a person wrote their labels into it. */
export function checksAskedBy({ nodeSelector, affinityKeys }: ClusterPod): readonly string[] {
  const keys = [...Object.keys(nodeSelector), ...affinityKeys].filter((key) => key.startsWith(prefix))
  return [...new Set(keys.map((key) => key.slice(prefix.length)))].slice(0, maxPublished)
}

/** null when some node is ready for the pod, so that something else keeps it off. */
function causeByChecks(pod: ClusterPod, { nodes, catalog }: SchedulingFacts): Cause | null {
  const asked = checksAskedBy(pod)
  const candidates = nodes?.filter((node) => isCandidate(pod, node)) ?? []
  if (asked.length === 0 || candidates.length === 0) return null
  const lackingOn = ({ labels }: LabelledNode) =>
    asked.filter((check) => !isReadyFor(labels[labelKey(check)]))
  if (candidates.some((node) => lackingOn(node).length === 0)) return null
  const lackingAnywhere = new Set(candidates.flatMap(lackingOn))
  const lacking = asked.filter((check) => lackingAnywhere.has(check))
  const [first] = lacking
  if (first === undefined) return null
  const sides = candidates.slice(0, mostSides).flatMap((node) => sidesOf(node, lackingOn(node)))
  const isProven = sides.some(({ state }) => state === 'missing')
  const where =
    candidates.length === 1
      ? `${plainLine(candidates[0]?.name ?? '')} is not ready`
      : `none of the ${candidates.length} nodes that it may be on is ready`
  const title = catalog.get(first)?.title ?? null
  return {
    ...nothing,
    verdict: isProven ? 'confirmed' : 'likely',
    check: first,
    title,
    says: `${where} for ${lacking.map(plainLine).join(', ')}, which its node selector asks for`,
    hosts: sides,
    next: isProven ? null : 'the agents do not say what is missing: see "hostdeps nodes -o wide"',
  }
}

/** What its selector asks for besides; a pod of a DaemonSet has but one node. */
function isCandidate({ nodeSelector, pinnedTo }: ClusterPod, { name, labels }: LabelledNode): boolean {
  if (pinnedTo !== null && pinnedTo !== name) return false
  return Object.entries(nodeSelector).every(([key, value]) => key.startsWith(prefix) || labels[key] === value)
}

function isReadyFor(label: string | undefined): boolean {
  return label === 'ready' || label === 'not-applicable'
}

function sidesOf({ status }: LabelledNode, checks: readonly string[]): readonly HostSide[] {
  return checks.flatMap((check) => hostSideOf(status(), check) ?? [])
}

interface PlainFacts {
  readonly facts: SchedulingFacts
  readonly plain: (says: string, next?: string | null) => Cause
}

function plainCause(text: string, pod: ClusterPod, { facts, plain }: PlainFacts): Cause {
  const strange = unknownSelectors(pod, facts.nodes)
  if (strange.length > 0)
    return plain(
      `no node has ${strange.length === 1 ? 'the label' : 'the labels'} ${strange.join(', ')}, which its node selector asks for`,
      'correct the selector in the pod, or label a node',
    )
  const found = reasons.find(({ pattern }) => pattern.test(text))
  if (found !== undefined) return plain(found.says, found.next)
  return { ...plain('no node is right for it: the scheduler says why'), verdict: 'cannot tell' }
}

/** Labels of other people that no node has. */
function unknownSelectors({ nodeSelector }: ClusterPod, nodes: SchedulingFacts['nodes']): readonly string[] {
  if (nodes === null || nodes.length === 0) return []
  return Object.entries(nodeSelector)
    .filter(([key, value]) => !key.startsWith(prefix) && !nodes.some(({ labels }) => labels[key] === value))
    .map(([key, value]) => plainLine(`${key}=${value}`))
}

const reasons: readonly { readonly pattern: RegExp; readonly says: string; readonly next: string | null }[] =
  [
    {
      pattern:
        /unbound immediate PersistentVolumeClaims|persistentvolumeclaim "[^"]{1,253}" not found|unbound PersistentVolumeClaims/i,
      says: 'a PersistentVolumeClaim that it mounts is not bound, or not there',
      next: 'kubectl describe pvc says why: the StorageClass, or whoever provisions for it',
    },
    {
      pattern: /Insufficient hugepages-/,
      says: 'no node has enough free huge pages',
      next: '"hostdeps nodes --check huge-pages -o wide" shows which nodes have any',
    },
    {
      pattern: /Insufficient [\w.-]{1,63}\/[\w.-]{1,63}/,
      says: 'no node has enough of a device: its device plugin does not offer it, or all are taken',
      next: 'kubectl describe node shows what is allocatable; the device plugin of that resource must be ready there',
    },
    {
      pattern: /Insufficient |Too many pods/,
      says: 'the nodes are full',
      next: 'ask for less, free something, or add a node',
    },
    {
      pattern: /didn't have free ports/,
      says: 'its host ports are taken by other pods on each node that it may be on',
      next: null,
    },
    {
      pattern: /untolerated taint/,
      says: 'the nodes have taints that it does not tolerate',
      next: 'kubectl describe node shows the taints',
    },
    {
      pattern: /volume node affinity conflict|exceed max volume count/,
      says: 'its volume cannot be attached to a node that it may be on',
      next: null,
    },
    {
      pattern: /didn't match Pod's node affinity\/selector/,
      says: 'no node has the labels that it asks for',
      next: 'compare its nodeSelector and node affinity with kubectl get nodes --show-labels',
    },
  ]
