import type { Logger } from 'pino'
import type { Clock } from '#agent/model/host.ts'
import type { ApiAnswer, ApiRefusal, NodeApi, NodeEvent, NodePatch } from '#agent/node/node-api.ts'
import { createEventQueue } from './event-queue.ts'
import { shareOf, waitAfter } from './backoff.ts'

export interface ConfinementOptions {
  readonly api: NodeApi
  readonly node: string
  readonly clock: Clock
  readonly log: Logger
  /** `publish.reapply` of the config, milliseconds, until {@link Confinement.every} changes it. */
  readonly reapply: number
}

export interface Confinement {
  /** Whether the API server confines this token to what hostdeps writes to its own Node; null while that is unknown. */
  readonly isEnforced: () => boolean | null
  /** Sets `publish.reapply` of the config, milliseconds; called with each report. */
  every(reapply: number): void
  stop(): void
}

/** Spreads the first tries of agents that start together, milliseconds. */
const firstWithin = 5_000
/**
 * Longest time from one proof to the next, milliseconds. A longer `publish.reapply` does not apply here: whoever edits the
 * config must not be able to hide that a policy is gone.
 */
const longestPeriod = 600_000

/** What a policy of the manifests must refuse, tried as a dry run. */
interface Trial {
  readonly policy: string
  readonly attempt: (api: NodeApi, node: string) => Promise<ApiAnswer<unknown>>
  /**
   * The policy's own words, because a refusal by RBAC or by another policy proves nothing about it. For events RBAC does: a token
   * that may create none needs no policy for them.
   */
  readonly denial: RegExp
  /** What a stolen token could do. */
  readonly danger: string
}

const trials: readonly Trial[] = [
  {
    policy: 'hostdeps-node',
    attempt: (api, node) => api.apply(foreignPatch(node), { dryRun: true }),
    denial: /hostdeps may only write labels of/,
    danger: 'can change any Node',
  },
  {
    policy: 'hostdeps-event',
    attempt: (api) => api.createEvent(foreignEvent, { dryRun: true }),
    denial: /hostdeps may only create events about|cannot create resource "events"/,
    danger: 'can create events about anything',
  },
]

/**
 * Tries, as dry runs, to put a foreign label on the own Node and to create an event about another. That they are refused is
 * the proof that a stolen token could not do it either. That one is allowed (its policy is not installed, or the cluster is
 * older than 1.30) is published by log, event and metric. Nothing else changes: what is published stays right.
 *
 * A proven policy is tried again after `publish.reapply`, at most ten minutes. Any other answer is followed by tries that
 * are further and further apart, until they too are `publish.reapply` apart: a policy that stays away, or an API server
 * that keeps answering with errors, is asked no more often than a policy that is in force.
 */
export function watchConfinement(options: ConfinementOptions): Confinement {
  const queue = createEventQueue(options)
  const watched = trials.map((trial) => watchTrial({ trial, options, tell: (event) => queue.add(event) }))
  return {
    isEnforced() {
      const all = watched.map(({ isEnforced }) => isEnforced())
      if (all.includes(false)) return false
      return all.includes(null) ? null : true
    },
    every: (reapply) => watched.forEach((one) => one.every(reapply)),
    stop() {
      for (const one of watched) one.stop()
      queue.stop()
    },
  }
}

interface Watched {
  readonly trial: Trial
  readonly options: ConfinementOptions
  readonly tell: (event: NodeEvent) => void
}

function watchTrial({ trial, options, tell }: Watched): Confinement {
  const { api, node, clock } = options
  const share = shareOf(`${node} ${trial.policy}`)
  let period = Math.min(options.reapply, longestPeriod)
  let enforced: boolean | null = null
  /** Answers in a row that are no proof; null before the first answer. */
  let failures: number | null = null
  let due = 0
  let isStopped = false
  let cancel = () => {}

  const lookAfter = (time: number) => {
    cancel()
    due = clock.boot() + time
    if (!isStopped) cancel = clock.after(time, () => void look())
  }

  const look = async () => {
    due = 0
    const answer = await trial.attempt(api, node)
    if (isStopped) return
    const isProven = !answer.ok && isDenied(answer, trial)
    // Agents that start together prove it together: from the second time on they are spread over the period.
    const untilNext = failures === 0 ? period : period * (0.5 + share / 2)
    failures = isProven ? 0 : (failures ?? 0) + 1
    lookAfter(isProven ? untilNext : waitAfter(failures, { retryAfter: retryOf(answer), longest: period }))
    const before = enforced
    enforced = answer.ok ? false : isProven || before
    await tellChange({ trial, options, tell }, before, enforced)
  }

  lookAfter(firstWithin * share)
  return {
    isEnforced: () => enforced,
    every(reapply) {
      const next = Math.min(reapply, longestPeriod)
      // Called with each report, which must not cut short a longer wait after a failure.
      if (next === period) return
      period = next
      // Only ever earlier: a config that changes all the time must not put the proof off.
      if (due > clock.boot() + period) lookAfter(period * share)
    },
    stop() {
      isStopped = true
      cancel()
    },
  }
}

async function tellChange(
  { trial, options, tell }: Watched,
  before: boolean | null,
  now: boolean | null,
): Promise<void> {
  const { api, node, log } = options
  const { policy } = trial
  if (now === true && before === false) log.info({ node, policy }, 'the API server confines this token again')
  if (now !== false || before === false) return
  log.error(
    { node, policy },
    'the API server does not confine this token: an admission policy is not in force',
  )
  const own = await api.read(node)
  if (own.ok) tell(unconfined(node, own.value.uid, trial))
}

function retryOf(answer: ApiAnswer<unknown>): number | null {
  return answer.ok ? null : answer.retryAfter
}

function isDenied({ status, message }: ApiRefusal, { denial }: Trial): boolean {
  return (status === 422 || status === 403) && denial.test(message)
}

function foreignPatch(name: string): NodePatch {
  const metadata = { name, labels: { 'example.com/hostdeps-may-not-write-this': '' }, annotations: {} }
  return { apiVersion: 'v1', kind: 'Node', metadata, status: { conditions: [] } }
}

/** About a Node that does not exist; a dry run creates it in no case. */
const foreignEvent: NodeEvent = {
  node: 'hostdeps-may-not-tell-of-this',
  uid: '',
  type: 'Normal',
  reason: 'Unconfined',
  note: 'this is tried and must be refused',
}

function unconfined(node: string, uid: string, { policy, danger }: Trial): NodeEvent {
  const note = `the ValidatingAdmissionPolicy ${policy} is not in force: whoever has the agent's token ${danger}; apply the policies of hostdeps' manifests (Kubernetes 1.30 or newer)`
  return { node, uid, type: 'Warning', reason: 'Unconfined', note }
}
