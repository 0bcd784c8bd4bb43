import { fixedSince } from '#agent/cluster/restart/fixed-since.ts'
import type { FixedSince } from '#agent/cluster/restart/fixed-since.ts'
import { judgeRestart } from '#agent/cluster/restart/judge-restart.ts'
import { nodeNotes } from '#agent/cluster/restart/node-notes.ts'
import type { RestartPlan } from '#agent/cluster/restart/outcome.ts'
import type { Left, LeftReason, Restart } from '#agent/cluster/restart/verdict.ts'
import { findHits } from '#agent/cluster/why/lines/find-hits.ts'
import type { PodSeen } from '#agent/cluster/why/lines/find-hits.ts'
import { agentNamespaces } from '#agent/cluster/agents-on.ts'
import type { NodeStatus } from '#agent/cluster/node-status.ts'
import type { Check } from '#agent/model/check.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { ClusterPod, PodApi, PodSelection } from '#agent/node/pod-api.ts'
import { createMatcher } from '#agent/symptoms/matcher.ts'
import { mustKnow, shippedCatalog } from '#agent/commands/wiring/cluster/known-checks.ts'
import type { Apis } from '#agent/commands/wiring/cluster/open-apis.ts'
import { take } from '#agent/commands/wiring/cluster/take.ts'
import { listNodesOf, seeNodes } from '#agent/commands/wiring/why/see-nodes.ts'
import type { NodesListed } from '#agent/commands/wiring/why/see-nodes.ts'
import { seePods } from '#agent/commands/wiring/why/see-pods.ts'

export interface RestartsWanted extends PodSelection {
  /** Only for this check; null for all. */
  readonly check: string | null
}

export interface Planned {
  readonly plan: RestartPlan
  /** All pods that were chosen, by uid: whatever comes later is new. */
  readonly before: ReadonlySet<string>
}

/** Finds the pods to restart, and changes nothing. Logs are read only of pods whose node got something since they began. */
export async function planRestarts(
  { pods: podApi, cluster }: Apis,
  { check, ...selection }: RestartsWanted,
): Promise<Planned> {
  const finding = podApi.pods(selection)
  const listing = listNodesOf(cluster, async () => nodesOfTroubled(take(await finding)))
  // Whoever waits for the first hears of its failure; the other must not be an unhandled one meanwhile.
  listing.catch(() => undefined)
  const pods = take(await finding)
  const listed = await listing
  const catalog = shippedCatalog()
  if (check !== null) mustKnow([check], catalog, listed.nodes ?? [])
  const { nodes, lacking } = await seeNodes(cluster, listed, { wanted: [], catalog })
  const byName = new Map(nodes?.map((node) => [node.name, node]))
  const now = Date.now()
  const looked = pods.map((pod) => {
    // Of a Ready pod the node does not matter, and to read thousands of Nodes takes long.
    const node = pod.isReady ? null : (byName.get(pod.node ?? '')?.status() ?? null)
    return { pod, node, found: fixedSince(pod, node, { check, now }) }
  })
  const left = looked.flatMap(({ pod, found }) => ('code' in found ? [{ pod, ...found }] : []))
  const open = looked.flatMap(({ pod, node, found }) =>
    'code' in found || node === null ? [] : [{ pod, node, fixed: found }],
  )
  const seen = await seePods(
    podApi,
    open.map(({ pod }) => pod),
    now,
  )
  const judged = judgeAll(seen, open, catalog)
  const restarts = judged.flatMap(({ verdict }) => ('code' in verdict ? [] : [verdict]))
  const more = judged.flatMap(({ pod, verdict }) => ('code' in verdict ? [{ pod, ...verdict }] : []))
  const noted = await notesOf(podApi, restarts, listed)
  const plan = {
    restarts,
    left: [...left, ...more].filter(({ code }: Left) => code !== 'Ready'),
    notes: noted.notes,
    lacking: [...new Set([...lacking, ...unread(seen), ...noted.lacking])],
  }
  return { plan, before: new Set(pods.map(({ uid }) => uid)) }
}

function nodesOfTroubled(pods: readonly ClusterPod[]): readonly string[] {
  return [...new Set(pods.flatMap(({ isReady, node }) => (isReady || node === null ? [] : [node])))]
}

interface Open {
  readonly pod: ClusterPod
  readonly node: NodeStatus
  readonly fixed: readonly FixedSince[]
}

interface Verdict {
  readonly pod: ClusterPod
  readonly verdict: Restart | LeftReason
}

function judgeAll(
  seen: readonly PodSeen[],
  open: readonly Open[],
  catalog: ReadonlyMap<string, Check>,
): readonly Verdict[] {
  if (seen.length === 0) return []
  const matcher = createMatcher(catalog.values())
  const byPod = new Map(open.map((one) => [one.pod, one]))
  return seen.flatMap((one) => {
    const known = byPod.get(one.pod)
    if (known === undefined) return []
    const { node, fixed } = known
    return [{ pod: one.pod, verdict: judgeRestart(one, findHits(one, matcher), { node, fixed, catalog }) }]
  })
}

/** Which right is missing is the same for all pods, and its words are not. */
function unread(seen: readonly PodSeen[]): readonly string[] {
  const lines = seen.flatMap(({ lacking }) => lacking)
  const kindOf = (line: string) => line.slice(0, line.indexOf(':'))
  const kinds = [
    ...Map.groupBy(lines, (line) => (kindOf(line).includes('log') ? 'log' : kindOf(line))).values(),
  ]
  return kinds.flatMap(([first, ...others]) =>
    first === undefined ? [] : [others.length === 0 ? first : `${first} (and ${others.length} like it)`],
  )
}

/** Node events are in the namespace "default": https://github.com/kubernetes/kubernetes/blob/v1.34.0/staging/src/k8s.io/client-go/tools/record/event.go */
const nodeEvents = 'default'

async function notesOf(api: PodApi, restarts: readonly Restart[], { nodes, agents }: NodesListed) {
  if (restarts.length === 0 || nodes === null) return { notes: [], lacking: [] }
  const events = await api.warnings(nodeEvents, null)
  const namespaces = agents.ok ? agentNamespaces(agents.value) : []
  return {
    notes: [
      ...nodeNotes(restarts, nodes, events.ok ? events.value : []),
      ...(namespaces.length > 1
        ? [`pods in several namespaces are labelled as agents: ${namespaces.slice(0, 5).join(', ')}`]
        : []),
    ],
    lacking: events.ok ? [] : [`the events of the nodes: ${plainLine(events.message)}`],
  }
}
