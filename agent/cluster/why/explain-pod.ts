import type { NodeStatus } from '#agent/cluster/node-status.ts'
import type { Check } from '#agent/model/check.ts'
import { plainLine } from '#agent/model/plain.ts'
import { namedChecks } from '#agent/symptoms/hinted-checks.ts'
import type { Cause, Evidence } from './answer.ts'
import type { Failing } from '#agent/cluster/why/kubelet/failing.ts'
import { dull } from '#agent/cluster/why/lines/find-hits.ts'
import type { PodSeen, TextHits } from '#agent/cluster/why/lines/find-hits.ts'
import { hostSideOf } from './host-sides.ts'
import {
  confirmed,
  fixedSince,
  imageLacks,
  isRuledOut,
  judgeTexts,
  perhaps,
  ruledOutLine,
  surely,
} from '#agent/cluster/why/lines/judged-lines.ts'
import { lacks } from './lacks.ts'
import { evidenceOf, noCause } from './no-cause.ts'
import {
  isSegfault,
  plainOfContainer,
  plainOfEvents,
  plainOfPod,
} from '#agent/cluster/why/kubelet/plain-causes.ts'
import type { PlainStatus } from '#agent/cluster/why/kubelet/plain-causes.ts'
import { plainCauseIn } from '#agent/cluster/why/lines/plain-lines.ts'
import { refusedProgram } from '#agent/cluster/why/lines/refused-program.ts'
import { causeOfNoNode } from '#agent/cluster/why/kubelet/scheduling.ts'
import type { LabelledNode } from '#agent/cluster/why/kubelet/scheduling.ts'

/** What is known besides the pod. */
export interface ClusterSeen {
  readonly catalog: ReadonlyMap<string, Check>
  /** null when they may not be listed. */
  readonly nodes: readonly LabelledNode[] | null
}

/** Why a pod does not run: proof first, then what the kubelet says, then what a line says, then what might be. */
export function explainPod(seen: PodSeen, texts: readonly TextHits[], cluster: ClusterSeen): Cause {
  const { pod, failing, events } = seen
  if (pod.unscheduled !== null) return causeOfNoNode(pod, cluster)
  const [worst = null] = failing
  const whole = plainOfPod(pod)
  if (whole !== null) return notTheHost(whole, worst)
  const node = cluster.nodes?.find(({ name }) => name === pod.node)?.status() ?? null
  const own = worst === null ? null : plainOfContainer(worst, events)
  // What something outside ended, or what never had a process, did not end because of what it said.
  if (own !== null && !(worst !== null && isSegfault(worst))) return notTheHost(own, worst)
  const refused = worst === null ? null : refusedProgram(worst, node, cluster)
  if (refused !== null) return refused
  const judged = judgeTexts(texts, node, cluster)
  const ruledOut = judged.filter(isRuledOut).map(({ cause }) => ruledOutLine(cause, node))
  const found =
    confirmed(judged, node) ??
    fixedSince(judged, { node, end: worst?.end?.startedAt ?? null }) ??
    surely(judged, node) ??
    (own === null ? null : notTheHost(own, worst)) ??
    byEvents(seen) ??
    byOwnLines(seen) ??
    perhaps(judged, node) ??
    nodeIsAway(node) ??
    related(seen, { node, catalog: cluster.catalog }) ??
    imageLacks(judged, node) ??
    cannotTell(seen)
  return { ...found, ruledOut: [...new Set(ruledOut)] }
}

function notTheHost({ says, next, text, from }: PlainStatus, failing: Failing | null): Cause {
  const container = failing?.container.name ?? null
  const evidence =
    text === '' ? [] : [{ from, container: from === 'event' ? null : container, text: plainLine(text) }]
  return { ...noCause, verdict: 'not the host', says: plainLine(says), next, evidence }
}

function byEvents({ events, failing }: PodSeen): Cause | null {
  const plain = plainOfEvents(events)
  return plain === null ? null : notTheHost(plain, failing[0] ?? null)
}

function byOwnLines({ pod, logs }: PodSeen): Cause | null {
  for (const { text, container, exitCode } of logs) {
    const plain = plainCauseIn(text, pod)
    if (plain === null) continue
    const evidence: Evidence[] = [{ from: 'log', container, text: plainLine(plain.line) }]
    return {
      ...noCause,
      verdict: plain.isLikely ? 'likely' : 'not the host',
      says: exitCode === null ? plain.says : `${plain.says} (exit ${exitCode})`,
      next: plain.next,
      evidence,
    }
  }
  return null
}

/** What a pod says does not count while its node does not speak. */
function nodeIsAway(node: NodeStatus | null): Cause | null {
  if (node === null || node.ready === 'True') return null
  const says = `its node is not Ready: the kubelet ${node.ready === 'False' ? 'says that it cannot run pods' : 'does not report'}`
  return {
    ...noCause,
    verdict: 'not the host',
    says,
    next: 'kubectl describe node says more, in its conditions',
  }
}

/** A check that is for this very workload is missing something on its node, though no line says so. */
function related(
  { pod, failing }: PodSeen,
  { node, catalog }: { node: NodeStatus | null; catalog: ReadonlyMap<string, Check> },
): Cause | null {
  const named = failing.flatMap(({ container: { name, image } }) =>
    namedChecks(catalog, { component: name, image, namespace: pod.namespace }),
  )
  const check = [...new Set(named)].find((name) => hostSideOf(node, name)?.state === 'missing')
  const side = hostSideOf(node, check ?? null)
  if (check === undefined || side === null) return null
  return {
    ...noCause,
    verdict: 'possible',
    check,
    title: catalog.get(check)?.title ?? null,
    says: `${lacks(node, check, null)}; nothing that it says points there`,
    hosts: [side],
  }
}

function cannotTell({ failing, logs, events }: PodSeen): Cause {
  const end = failing[0]?.end ?? null
  const log = logs.find(({ text }) => text.trim() !== '')
  const last = log?.text.trimEnd().split('\n').at(-1) ?? ''
  const newest = events.toSorted((a, b) => b.lastAt - a.lastAt).find(({ reason }) => !dull.includes(reason))
  const evidence: Evidence[] = [
    ...(log === undefined ? [] : [evidenceOf(log, last.slice(0, 2_000))]),
    ...(newest === undefined
      ? []
      : [{ from: 'event', container: null, text: plainLine(newest.message) } as const]),
  ]
  const code = end === null || end.code === 0 ? '' : ` (exit ${end.code})`
  const says = log === undefined ? noCause.says : `nothing in its log points to the host${code}`
  return { ...noCause, says, evidence }
}
