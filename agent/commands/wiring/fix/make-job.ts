import { setTimeout as sleep } from 'node:timers/promises'
import { callAnnotation } from '#agent/cluster/fix/job.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { FixJob, JobApi } from '#agent/node/job-api.ts'

export interface JobToMake {
  readonly namespace: string
  readonly name: string
  readonly body: object
  /** Of this call. */
  readonly call: string
  /** When it is given up, by performance.now(). */
  readonly end: number
  readonly tell: (line: string) => void
}

export type JobMade = { readonly job: FixJob } | { readonly refused: string }

const pollEach = 1_000
/** Milliseconds that an ended Job stays, for its own caller to read how it ended. */
const readFor = 10_000

/**
 * Makes the Job. One of that name that runs is another call's, and is waited for; one that has ended gives way. What the other's pod said
 * does not count: it may be about other checks, or old.
 */
export async function makeJob(
  jobs: JobApi,
  { namespace, name, body, call, end, tell }: JobToMake,
): Promise<JobMade> {
  let lately = 'the Job of an earlier call does not go away'
  let isTold = false
  for (; performance.now() < end; await sleep(pollEach)) {
    const created = await jobs.createJob(namespace, body, { dryRun: false })
    if (created.ok) return { job: created.value }
    if (isLost(created.status)) {
      // It may be there: then the next try says so.
      lately = plainLine(created.message)
      continue
    }
    if (created.status !== 409) return { refused: plainLine(created.message) }
    const there = await jobs.job(namespace, name)
    if (!there.ok) {
      if (there.status === 404 || isLost(there.status)) continue
      return { refused: plainLine(there.message) }
    }
    const job = there.value
    if (job.annotations[callAnnotation] === call) return { job }
    if (job.state === 'running') {
      if (!isTold)
        tell(`a Job of another call is there (${namespace}/${name}, since ${timeOf(job)}): waiting for it`)
      isTold = true
      continue
    }
    if (Date.now() - (job.endedAt ?? 0) < readFor) continue
    const deleted = await jobs.deleteJob(namespace, job)
    if (!deleted.ok && deleted.status !== 404 && !isLost(deleted.status))
      return { refused: plainLine(deleted.message) }
  }
  return { refused: lately }
}

/** No answer, or one of a server that fails: what was asked for may be done or not. */
function isLost(status: number | null): boolean {
  return status === null || status >= 500 || status === 429
}

function timeOf({ createdAt }: FixJob): string {
  return new Date(createdAt).toISOString()
}
