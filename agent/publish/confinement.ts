import type { Logger } from 'pino'
import type { Clock } from '#agent/model/host.ts'
import type { ApiAnswer, ApiRefusal, NodeApi, NodeEvent, NodePatch } from '#agent/node/node-api.ts'
import { createEventQueue } from './event-queue.ts'
import { shareOf } from './backoff.ts'

export interface ConfinementOptions {
  readonly api: NodeApi
  readonly node: string
  readonly clock: Clock
  readonly log: Logger
}

export interface Confinement {
  /** Whether the API server holds this token to what hostdeps says of its own Node; null while that is not known. */
  readonly isEnforced: () => boolean | null
  stop(): void
}

/** The first tries of many agents that start together are spread over this, milliseconds. */
const firstWithin = 5_000
/** Milliseconds from one try to the next: a policy that was deleted is told of within a minute. */
const tryAgainAfter = 50_000

/** What a policy of the manifests must refuse, tried as a dry run. */
interface Trial {
  readonly policy: string
  readonly attempt: (api: NodeApi, node: string) => Promise<ApiAnswer<unknown>>
  /**
   * The policy's own words: a token that may write nothing at all (RBAC), or another policy that minds the same, proves
   * nothing of it. Of events RBAC does: who may make none needs no policy for them.
   */
  readonly denial: RegExp
  /** Of a stolen token. */
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
    denial: /hostdeps may only tell events of|cannot create resource "events"/,
    danger: 'can tell events of anything',
  },
]

/**
 * Tries, as dry runs, to put a foreign label on the own Node and to tell an event of another. That they are refused is the
 * proof that a stolen token could not do it either; that one is allowed (its policy is not installed, or the cluster is
 * older than 1.30) is told by log, event and metric. It changes nothing else: what is published stays right.
 */
export function watchConfinement(options: ConfinementOptions): Confinement {
  const { api, node, clock, log } = options
  const queue = createEventQueue(options)
  const enforced = new Map<Trial, boolean | null>(trials.map((trial) => [trial, null]))
  let isStopped = false
  let cancel = clock.after(firstWithin * shareOf(node), () => void look())

  const look = async () => {
    for (const trial of trials) await judge(trial, await trial.attempt(api, node))
    if (!isStopped) cancel = clock.after(tryAgainAfter, () => void look())
  }

  const judge = async (trial: Trial, answer: ApiAnswer<unknown>) => {
    if (isStopped) return
    const { policy } = trial
    const before = enforced.get(trial) ?? null
    const isNow = answer.ok ? false : isDenied(answer, trial) || before
    enforced.set(trial, isNow)
    if (isNow === true && before === false)
      log.info({ node, policy }, 'the API server confines this token again')
    if (isNow !== false || before === false) return
    log.error(
      { node, policy },
      'the API server does not confine this token: an admission policy is not in force',
    )
    const own = await api.read(node)
    if (own.ok) queue.add(unconfined(node, own.value.uid, trial))
  }

  return {
    isEnforced() {
      const all = [...enforced.values()]
      if (all.includes(false)) return false
      return all.includes(null) ? null : true
    },
    stop() {
      isStopped = true
      cancel()
      queue.stop()
    },
  }
}

function isDenied({ status, message }: ApiRefusal, { denial }: Trial): boolean {
  return (status === 422 || status === 403) && denial.test(message)
}

function foreignPatch(name: string): NodePatch {
  const metadata = { name, labels: { 'example.com/hostdeps-may-not-write-this': '' }, annotations: {} }
  return { apiVersion: 'v1', kind: 'Node', metadata, status: { conditions: [] } }
}

/** Of a Node that is not there: as a dry run it is not made either way. */
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
