import { jobName } from '#agent/cluster/fix/job.ts'
import type { FixProgress } from '#agent/cluster/fix/progress.ts'
import { followJob } from './follow-job.ts'
import type { FixApis } from './follow-job.ts'
import { makeJob } from './make-job.ts'

export interface NodeFix {
  readonly node: string
  /** The checks that are asked again. */
  readonly checks: readonly string[]
  /** The Job. */
  readonly body: object
}

export interface JobRun {
  readonly namespace: string
  /** Of this call, as it stands in the Job. */
  readonly call: string
  /** Milliseconds. */
  readonly timeout: number
  readonly tell: (line: string) => void
}

export interface FixOutcome {
  readonly isReady: boolean
  /** What the API server refused, in its words; null when it refused nothing. */
  readonly refused: string | null
}

/** Lines of the log that are shown when it fails. */
const lastLines = 20

/** Makes the Job of a Node and waits for its end. */
export async function runFixJob(apis: FixApis, fix: NodeFix, run: JobRun): Promise<FixOutcome> {
  const { node, checks, body } = fix
  const { namespace, call, tell } = run
  const end = performance.now() + run.timeout
  const made = await makeJob(apis.jobs, { namespace, name: jobName(node), body, call, end, tell })
  if ('refused' in made) {
    tell(made.refused)
    return { isReady: false, refused: made.refused }
  }
  const { job } = made
  tell(`the Job ${namespace}/${job.name} is there`)
  const { progress, log, refused } = await followJob(apis, { node, namespace, job, end, tell })
  tell(refused ?? progress.says)
  const isReady = isAllReady(progress, checks)
  if (!isReady) for (const line of log.slice(-lastLines)) tell(`  ${line}`)
  // Its controller would go on trying to make a pod.
  if (progress.is === 'lost' && progress.isUntried) await apis.jobs.deleteJob(namespace, job)
  return { isReady, refused }
}

/** Of every check that was wanted: who may change the status of pods there may write what they like, and an agent's image may be old. */
function isAllReady(progress: FixProgress, checks: readonly string[]): boolean {
  if (progress.is !== 'ended' || !progress.isReady) return false
  const asked = new Set(progress.result.checks.map(({ check }) => check))
  return checks.every((check) => asked.has(check))
}
