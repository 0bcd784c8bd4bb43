import pLimit from 'p-limit'
import type { WhyAnswer } from '#agent/cluster/why/answer.ts'
import { explainPod } from '#agent/cluster/why/explain-pod.ts'
import { failingContainers, howItFails, isInTrouble } from '#agent/cluster/why/kubelet/failing.ts'
import { findHits } from '#agent/cluster/why/lines/find-hits.ts'
import type { PodSeen, TextHits } from '#agent/cluster/why/lines/find-hits.ts'
import { joinAnswers } from '#agent/cluster/why/join-answers.ts'
import type { Explained } from '#agent/cluster/why/join-answers.ts'
import { rolloutLine } from '#agent/cluster/why/kubelet/rollout.ts'
import { checksAskedBy } from '#agent/cluster/why/kubelet/scheduling.ts'
import { whyFormats } from '#agent/cluster/why/why-formats.ts'
import type { WhyFormat } from '#agent/cluster/why/why-format-names.ts'
import { causesOfNoPods } from '#agent/cluster/why/kubelet/no-pod-cause.ts'
import type { Check } from '#agent/model/check.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { ClusterPod, PodApi } from '#agent/node/pod-api.ts'
import { namedChecks } from '#agent/symptoms/hinted-checks.ts'
import { createMatcher } from '#agent/symptoms/matcher.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { isColored } from '#agent/commands/wiring/is-colored.ts'
import { shippedCatalog } from '#agent/commands/wiring/cluster/known-checks.ts'
import type { Apis } from '#agent/commands/wiring/cluster/open-apis.ts'
import { withProgress } from '#agent/commands/wiring/progress.ts'
import { findPods } from './find-pods.ts'
import type { FoundPods, PodsWanted } from './find-pods.ts'
import { listNodesOf, seeNodes } from './see-nodes.ts'
import type { WantedOf } from './see-nodes.ts'
import { seePods, warningsIn } from './see-pods.ts'
import type { WarningsRead } from './see-pods.ts'

/** Checks that an agent is asked for because of one pod. */
const mostWanted = 5

/** Prints why the pods do not run. */
export async function showWhy(
  apis: Apis,
  wanted: PodsWanted & { readonly output: WhyFormat; readonly access: readonly string[] },
): Promise<void> {
  const { answers, found, lacking } = await withProgress(
    'looking at pods, nodes and logs',
    findAnswers(apis, wanted),
  )
  const { output, access } = wanted
  if (answers.length === 0 && output === 'text')
    process.stderr.write([nothingWrong(found), ...lacking.map((line) => `Not seen: ${line}`), ''].join('\n'))
  else process.stdout.write(whyFormats[output](answers, { color: isColored(process.stdout), access }))
  const isEmpty = found.pods.length === 0 && found.workloads.length === 0 && answers.length === 0
  if (!isEmpty && !answers.some(({ verdict }) => verdict !== 'cannot tell'))
    process.exitCode = exitCodes.doubtful
}

function nothingWrong({ pods, workloads }: FoundPods): string {
  const [first] = workloads
  if (pods.length === 0 && first !== undefined)
    return plainLine(`${first.kind.toLowerCase()}/${first.name} has no pods, and no event says why`)
  if (pods.length === 0) return 'No resources found'
  return pods.length === 1
    ? `pod ${plainLine(pods[0]?.name ?? '')} has no trouble`
    : `none of ${pods.length} pods has trouble`
}

interface Found {
  readonly answers: readonly WhyAnswer[]
  readonly found: FoundPods
  /** What could not be read beside what is about the pods. */
  readonly lacking: readonly string[]
}

async function findAnswers({ pods: podApi, cluster }: Apis, wanted: PodsWanted): Promise<Found> {
  const now = Date.now()
  const finding = findPods(podApi, wanted)
  const troubled = async () => {
    const { pods, named } = await finding
    return pods.filter((pod) => isInTrouble(pod, now) || (named.has(pod.uid) && isWorthALook(pod, now)))
  }
  const listing = listNodesOf(cluster, async () => [
    ...new Set((await troubled()).flatMap(({ node }) => node ?? [])),
  ])
  // Whoever waits for the first hears of its failure; the other must not be an unhandled one meanwhile.
  listing.catch(() => undefined)
  const found = await finding
  const catalog = shippedCatalog()
  const seen = await seePods(podApi, await troubled(), now)
  const matcher = createMatcher(catalog.values())
  const hits = new Map(seen.map((one) => [one, findHits(one, matcher)]))
  const checks = seen.flatMap((one) => wantedOf(one, hits.get(one) ?? [], catalog))
  const { nodes, lacking } = await seeNodes(cluster, await listing, { wanted: checks, catalog })
  const rollouts = await rolloutsOf(
    podApi,
    seen.map(({ pod }) => pod),
  )
  const explained = seen.map((one): Explained => {
    const cause = explainPod(one, hits.get(one) ?? [], { catalog, nodes })
    const rollout = rollouts.get(one.pod.controller?.uid ?? '')
    const [worst = null] = one.failing
    return {
      pod: namedOf(one, howItFails(one.pod, worst, now)),
      cause: rollout === undefined ? cause : { ...cause, also: [...cause.also, rollout] },
      lacking: cause.verdict === 'not the host' ? [] : [...one.lacking, ...lacking],
    }
  })
  const warned = await warningsOf(podApi, found, wanted)
  const refused = causesOfNoPods(warned.events, now)
  return { answers: joinAnswers([...explained, ...refused]), found, lacking: warned.lacking }
}

/** Warnings about what makes pods: of what was named (a Deployment's are about its ReplicaSets), or of all. */
async function warningsOf(
  api: PodApi,
  { workloads }: FoundPods,
  { targets, namespace, labels }: PodsWanted,
): Promise<WarningsRead> {
  // Labels choose pods, and what makes none has none.
  if (targets.length === 0 && labels !== null) return warningsIn('the events', [])
  if (targets.length === 0 || workloads.length > mostWorkloads)
    return warningsIn('the events', [await api.warnings(namespace, null)])
  const limit = pLimit(mostWorkloads)
  const objects = await limit.map(workloads, async ({ kind, uid, namespace: own, selector }) => {
    const isDeployment = kind === 'Deployment' && selector !== ''
    const sets = isDeployment
      ? await api.workloads('replicasets', { namespace: own, labels: selector })
      : null
    const inner = sets?.ok ? sets.value.map((set) => set.uid) : []
    return [uid, ...inner].map((one) => ({ own, uid: one }))
  })
  const answers = await limit.map(objects.flat(), ({ own, uid }) => api.warnings(own, uid))
  return warningsIn('the events', answers)
}

/** Of more, the events of the namespace are listed once. */
const mostWorkloads = 10

/** When somebody asks for a pod, one that is new counts too, and one that runs again by now counts for its last end. */
function isWorthALook(pod: ClusterPod, now: number): boolean {
  return (!pod.isReady && pod.phase !== 'Succeeded') || failingContainers(pod, now).length > 0
}

function namedOf({ pod, failing }: PodSeen, how: string) {
  return {
    namespace: plainLine(pod.namespace),
    name: plainLine(pod.name),
    container: failing[0] === undefined ? null : plainLine(failing[0].container.name),
    node: pod.node === null ? null : plainLine(pod.node),
    how,
  }
}

/** What the pod's node is to say: of what its lines point to, and of the workload that it is. */
function wantedOf(
  { pod, failing }: PodSeen,
  texts: readonly TextHits[],
  catalog: ReadonlyMap<string, Check>,
): readonly WantedOf[] {
  const { node, namespace } = pod
  if (node === null) return []
  const pointed = texts.flatMap(({ hits }) => hits.flatMap(({ check }) => check ?? []))
  const named = failing.flatMap(({ container: { name, image } }) =>
    namedChecks(catalog, { component: name, image, namespace }),
  )
  const checks = [...new Set([...pointed.slice(0, mostWanted), ...named.slice(0, 2)])]
  return checks.map((check) => ({ node, check }))
}

/** By the DaemonSet's uid: what pods that wait for a node do to its rollout. */
async function rolloutsOf(api: PodApi, pods: readonly ClusterPod[]): Promise<ReadonlyMap<string, string>> {
  const owners = new Map(
    pods.flatMap((pod) => {
      const { controller, namespace, unscheduled } = pod
      if (controller?.kind !== 'DaemonSet' || unscheduled === null || checksAskedBy(pod).length === 0)
        return []
      return [[controller.uid, { namespace, name: controller.name }] as const]
    }),
  )
  const lines = await Promise.all(
    [...owners].map(async ([uid, { namespace, name }]) => {
      const answer = await api.workload('daemonsets', namespace, name)
      const rollout = answer.ok ? answer.value.rollout : null
      const line = rollout === null ? null : rolloutLine(plainLine(name), rollout)
      return line === null ? [] : [[uid, line] as const]
    }),
  )
  return new Map(lines.flat())
}
