import { setTimeout as sleep } from 'node:timers/promises'
import { jobName } from '#agent/cluster/fix/job.ts'
import { progressOfFix } from '#agent/cluster/fix/progress.ts'
import type { FixProgress } from '#agent/cluster/fix/progress.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { ClusterApi } from '#agent/node/cluster-api.ts'
import type { FixJob, JobApi } from '#agent/node/job-api.ts'
import type { ApiRefusal } from '#agent/node/node-api.ts'
import type { ClusterPod, PodApi } from '#agent/node/pod-api.ts'

export interface FixApis {
  readonly jobs: JobApi
  readonly pods: PodApi
  readonly cluster: ClusterApi
}

export interface NodeFix {
  readonly node: string
  readonly script: string
  /** The Job. */
  readonly body: object
}

export interface JobRun {
  readonly namespace: string
  /** Milliseconds. */
  readonly timeout: number
  readonly tell: (line: string) => void
}

/** Milliseconds between two looks, and until a pod that does not start is given up. */
const pollEach = 1_000
const longestStart = 120_000
/** Milliseconds that a pod takes to start when nothing is wrong. */
const usualStart = 5_000
/** Milliseconds: a kubelet that is not Ready may be about to be. */
const longestNotReady = 20_000

/** Lines of the log that are shown when it fails. */
const lastLines = 20

/** Makes the Job of a Node and waits for its end; whether all is ready then. */
export async function runFixJob(apis: FixApis, fix: NodeFix, run: JobRun): Promise<boolean> {
  const { namespace, tell } = run
  const made = await makeJob(apis, fix, run)
  if (made === null) return false
  tell(`the Job ${namespace}/${made.name} is there`)
  const { progress, log } = await follow(apis, { fix, job: made }, run)
  tell(progress.says)
  const isReady = progress.is === 'ended' && progress.isReady
  if (!isReady) for (const line of log.slice(-lastLines)) tell(`  ${line}`)
  // A Job whose pod never ran would try on until its deadline.
  if (progress.is === 'lost') await apis.jobs.deleteJob(namespace, made)
  return isReady
}

/** One that has ended gives way; one that runs is another caller's, and is waited for. null where it may not be made. */
async function makeJob(
  { jobs }: FixApis,
  { node, body }: NodeFix,
  { namespace, timeout, tell }: JobRun,
): Promise<FixJob | null> {
  const name = jobName(node)
  const end = performance.now() + timeout
  for (let isFirst = true; performance.now() < end; isFirst = false) {
    const created = await jobs.createJob(namespace, body, { dryRun: false })
    if (created.ok) return created.value
    if (created.status !== 409) return refused(created, tell)
    const there = await jobs.job(namespace, name)
    if (!there.ok && there.status !== 404) return refused(there, tell)
    if (there.ok && there.value.state === 'running') {
      tell(
        `a Job of another call is there (${namespace}/${name}, since ${new Date(there.value.createdAt).toISOString()}): waiting for it`,
      )
      return there.value
    }
    if (there.ok && isFirst) {
      const deleted = await jobs.deleteJob(namespace, there.value)
      if (!deleted.ok && deleted.status !== 404) return refused(deleted, tell)
    }
    await sleep(pollEach)
  }
  tell(`the Job ${namespace}/${name} of an earlier call does not go away`)
  return null
}

function refused({ message }: ApiRefusal, tell: (line: string) => void): null {
  tell(plainLine(message))
  return null
}

interface Followed {
  readonly progress: FixProgress
  readonly log: readonly string[]
}

/** Says each step of the script, and what is waited for, until it ends. */
async function follow(
  apis: FixApis,
  { fix, job }: { readonly fix: NodeFix; readonly job: FixJob },
  { namespace, timeout, tell }: JobRun,
): Promise<Followed> {
  const end = performance.now() + timeout
  const started = performance.now()
  let log: readonly string[] = []
  let last = ''
  const told = new Set<string>()
  for (;;) {
    const seen = await look(apis, { fix, job, namespace })
    if ('troubled' in seen) {
      if (seen.troubled !== last) tell(`${seen.troubled}; it is asked again`)
      last = seen.troubled
    } else {
      const { progress, pod, isNodeReady } = seen
      log = pod === undefined ? log : await readLog(apis, pod, log)
      for (const line of log.filter((line) => isStep(line) && !told.has(line))) {
        told.add(line)
        tell(line)
      }
      if (progress.is === 'ended' || progress.is === 'lost') return { progress, log }
      const waited = performance.now() - started
      const isLong = progress.is === 'waiting' && waited > usualStart
      if (isLong && progress.says !== last) tell(progress.says)
      if (isLong) last = progress.says
      const longest = isNodeReady ? longestStart : longestNotReady
      if (progress.is === 'waiting' && waited > longest)
        return { progress: lost(`${progress.says}: given up; nothing was begun`), log }
    }
    if (performance.now() > end)
      return {
        progress: lost('not ended in time; the install goes on there: call again to see how it ended'),
        log,
      }
    await sleep(pollEach)
  }
}

function lost(says: string): FixProgress {
  return { is: 'lost', says }
}

type Look =
  | { readonly troubled: string }
  | { readonly progress: FixProgress; readonly pod: ClusterPod | undefined; readonly isNodeReady: boolean }

async function look(
  { jobs, pods, cluster }: FixApis,
  { fix, job, namespace }: { readonly fix: NodeFix; readonly job: FixJob; readonly namespace: string },
): Promise<Look> {
  const [now, all, events, node] = await Promise.all([
    jobs.job(namespace, job.name),
    pods.pods({ namespace, labels: `batch.kubernetes.io/controller-uid=${job.uid}` }),
    pods.warnings(namespace, job.uid),
    cluster.node(fix.node),
  ])
  if (!now.ok && now.status !== 404) return { troubled: plainLine(now.message) }
  if (!all.ok) return { troubled: plainLine(all.message) }
  const isNodeReady = !node.ok || node.value.ready === 'True'
  const progress = progressOfFix({
    job: now.ok && now.value.uid === job.uid ? now.value : null,
    pods: all.value,
    events: events.ok ? events.value : [],
    isNodeReady,
  })
  return { progress, pod: all.value[0], isNodeReady }
}

/** Whole lines; what was read before where it cannot be read now. */
async function readLog(
  { pods }: FixApis,
  { namespace, name }: ClusterPod,
  before: readonly string[],
): Promise<readonly string[]> {
  const answer = await pods.log({ namespace, pod: name, container: 'fix', previous: false })
  if (!answer.ok) return before
  return answer.value.split('\n').slice(0, -1).map(plainLine)
}

function isStep(line: string): boolean {
  return line.startsWith('hostdeps-fix: ') || line.startsWith('another fix runs')
}
