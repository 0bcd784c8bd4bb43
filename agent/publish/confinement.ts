import type { Logger } from 'pino'
import type { Clock } from '../model/host.ts'
import type { ApiRefusal, NodeApi, NodeEvent, NodePatch } from '../model/node-api.ts'
import { createEventQueue } from './event-queue.ts'
import { shareOf } from './waits.ts'

export interface ConfinementOptions {
  readonly api: NodeApi
  readonly node: string
  readonly clock: Clock
  readonly log: Logger
}

export interface Confinement {
  /** Whether the API server holds this token to what hostdeps says on its own Node; null while that is not known. */
  readonly isEnforced: () => boolean | null
  stop(): void
}

/** The first tries of many agents that start together are spread over this, milliseconds. */
const firstWithin = 5_000
/** Milliseconds from one try to the next: a policy that was deleted is told of within a minute. */
const tryAgainAfter = 50_000

/** Not ours: an admission policy that holds the token to hostdeps.dev/ refuses it. */
const foreignLabel = 'example.com/hostdeps-may-not-write-this'

/**
 * Tries, as a dry run, to put a foreign label on the own Node. That it is refused is the proof that a stolen token could
 * not do it either; that it is allowed (the policy is not installed, or the cluster is older than 1.30) is told by log, event
 * and metric. It changes nothing else: what is published stays right.
 */
export function watchConfinement(options: ConfinementOptions): Confinement {
  const { api, node, clock, log } = options
  const queue = createEventQueue(options)
  let isEnforced: boolean | null = null
  let isStopped = false
  let cancel = clock.after(firstWithin * shareOf(node), () => void look())

  const look = async () => {
    const answer = await api.apply(foreignPatch(node), { dryRun: true })
    if (isStopped) return
    const isNow = answer.ok ? false : isDenied(answer) || isEnforced
    if (isNow === false && isEnforced !== false) {
      log.error(
        { node },
        'the API server does not confine this token: no admission policy holds it to its own Node',
      )
      if (answer.ok) queue.add(unconfined(node, answer.value.uid))
    }
    if (isNow === true && isEnforced === false) log.info({ node }, 'the API server confines this token again')
    isEnforced = isNow
    cancel = clock.after(tryAgainAfter, () => void look())
  }

  return {
    isEnforced: () => isEnforced,
    stop() {
      isStopped = true
      cancel()
      queue.stop()
    },
  }
}

/**
 * Denied by our policy, in its own words: a token that may write nothing at all (RBAC), or another policy that minds
 * this label, proves nothing of it.
 */
function isDenied({ status, message }: ApiRefusal): boolean {
  return (status === 422 || status === 403) && message.includes('hostdeps may only write labels of')
}

function foreignPatch(name: string): NodePatch {
  const metadata = { name, labels: { [foreignLabel]: '' }, annotations: {} }
  return { apiVersion: 'v1', kind: 'Node', metadata, status: { conditions: [] } }
}

function unconfined(node: string, uid: string): NodeEvent {
  const note =
    "the ValidatingAdmissionPolicy hostdeps-node is not in force: whoever has the agent's token can change any Node; apply the policies of hostdeps' manifests (Kubernetes 1.30 or newer)"
  return { node, uid, type: 'Warning', reason: 'Unconfined', note }
}
