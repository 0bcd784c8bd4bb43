import { setTimeout as sleep } from 'node:timers/promises'
import { goesOn, newest, progressOfFix } from '#agent/cluster/fix/progress.ts'
import type { FixProgress } from '#agent/cluster/fix/progress.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { Apis } from '#agent/commands/wiring/cluster/open-apis.ts'
import type { FixJob, JobApi } from '#agent/node/job-api.ts'
import type { ApiRefusal } from '#agent/node/node-api.ts'
import type { ClusterPod, PodApi } from '#agent/node/pod-api.ts'

export interface FixApis extends Apis {
  readonly jobs: JobApi
}

export interface JobToFollow {
  readonly node: string
  readonly namespace: string
  readonly job: FixJob
  /** When it is given up, by performance.now(). */
  readonly end: number
  readonly tell: (line: string) => void
}

export interface Followed {
  readonly progress: Extract<FixProgress, { is: 'ended' | 'lost' }>
  readonly log: readonly string[]
  /** The API server refuses what is needed to follow it; null when it does not. */
  readonly refused: string | null
}

const pollEach = 1_000
/** Milliseconds that a pod takes to start when nothing is wrong. */
const usualStart = 5_000
/** Milliseconds after which one that does not start is given up, */
const longestStart = 120_000
/** and where the kubelet is not Ready: it may be about to be. */
const longestNotReady = 20_000
/** How often the log of a pod that has ended is asked for: its kubelet may not answer at once. */
const mostTries = 5

/** Says each step of the script, and what is waited for, until it ends. */
export async function followJob(
  apis: FixApis,
  { node, namespace, job, end, tell }: JobToFollow,
): Promise<Followed> {
  const started = performance.now()
  let [log, last]: [readonly string[], string] = [[], '']
  const told = new Set<string>()
  const news = (line: string) => {
    if (line !== last) tell(line)
    last = line
  }
  for (; performance.now() < end; await sleep(pollEach)) {
    const seen = await look(apis, { node, namespace, job })
    if (!('progress' in seen)) {
      const words = plainLine(seen.message)
      if (seen.status === 401 || seen.status === 403)
        return { progress: lost(`it cannot be followed; ${goesOn}`, false), log, refused: words }
      news(`${words}; it is asked again`)
      continue
    }
    const { progress, pod, isNodeReady } = seen
    const tries = progress.is === 'ended' ? mostTries : 1
    if (pod !== undefined) log = (await readLog(apis.pods, pod, tries)) ?? log
    for (const line of log.filter((line) => isStep(line) && !told.has(line))) {
      told.add(line)
      tell(line)
    }
    if (progress.is === 'ended' || progress.is === 'lost') return { progress, log, refused: null }
    if (progress.is === 'running') continue
    const waited = performance.now() - started
    if (waited > usualStart) news(progress.says)
    if (waited > (isNodeReady ? longestStart : longestNotReady))
      return { progress: lost(`${progress.says}: given up; nothing was begun`, true), log, refused: null }
  }
  return { progress: lost(`not ended in time; ${goesOn}`, false), log, refused: null }
}

function lost(says: string, isUntried: boolean): Followed['progress'] {
  return { is: 'lost', says, isUntried }
}

interface Look {
  readonly progress: FixProgress
  readonly pod: ClusterPod | undefined
  readonly isNodeReady: boolean
}

/** The Job first: what is read after it is not older than its end. */
async function look(
  { jobs, pods, cluster }: FixApis,
  { node, namespace, job }: Pick<JobToFollow, 'node' | 'namespace' | 'job'>,
): Promise<Look | ApiRefusal> {
  const now = await jobs.job(namespace, job.name)
  if (!now.ok && now.status !== 404) return now
  const labels = `batch.kubernetes.io/controller-uid=${job.uid}`
  const [all, events, its] = await Promise.all([
    pods.pods({ namespace, labels }),
    pods.warnings(namespace, job.uid),
    cluster.node(node),
  ])
  if (!all.ok) return all
  // A label is what anybody writes who may change pods; the controller of a pod is not.
  const own = all.value.filter((pod) => pod.controller?.uid === job.uid && pod.node === node)
  const isNodeReady = !its.ok || its.value.ready === 'True'
  const current = now.ok && now.value.uid === job.uid ? now.value : null
  const progress = progressOfFix({
    job: current,
    pods: own,
    events: events.ok ? events.value : [],
    isNodeReady,
  })
  return { progress, pod: newest(own), isNodeReady }
}

/** Whole lines; null where it cannot be read. */
async function readLog(api: PodApi, pod: ClusterPod, tries: number): Promise<readonly string[] | null> {
  const answer = await api.log({ namespace: pod.namespace, pod: pod.name, container: 'fix', previous: false })
  if (answer.ok) return answer.value.split('\n').slice(0, -1).map(plainLine)
  if (tries <= 1) return null
  await sleep(pollEach)
  return readLog(api, pod, tries - 1)
}

function isStep(line: string): boolean {
  return line.startsWith('hostdeps-fix: ') || line.startsWith('another fix runs')
}
