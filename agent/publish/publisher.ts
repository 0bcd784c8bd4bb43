import type { Logger } from 'pino'
import type { Clock } from '../model/host.ts'
import type { ApiRefusal, NodeApi, NodeCondition, NodeView } from '../model/node-api.ts'
import type { Report } from '../model/report.ts'
import { renderNodePatch } from '../render/node-patch.ts'
import { createEventTeller } from './event-teller.ts'
import { applyAnyway } from './isolate.ts'

export interface PublisherOptions {
  readonly api: NodeApi
  readonly clock: Clock
  readonly log: Logger
  /** What the Node says at the start; null when it could not be read. */
  readonly start: NodeView | null
}

export interface Publisher {
  /** Puts a report on the Node, now or as soon as it can be. */
  publish(report: Report): void
  /** Why the Node does not say what was last to be published; null when it does. */
  trouble(): string | null
  /** Stops. What is on the Node stays there. */
  stop(): void
}

/** What others took away or changed is healed this often, milliseconds. */
const healEach = 600_000
/** Waits between tries that fail: doubled from the first to the last, each up to a quarter longer by chance. Milliseconds. */
const firstRetry = 1_000
const lastRetry = 60_000

/**
 * Keeps the Node saying what the report tells:
 *
 * - a change is applied at once; without a change nothing is sent but one apply each {@link healEach}, which is no write;
 * - what fails is tried again until it is through, slower and slower, or when the API server says;
 * - a check that the API server refuses is left out, and the others are published;
 * - a change that is through is one event, at most one a check in ten minutes.
 */
export function createPublisher({ api, clock, log, start }: PublisherOptions): Publisher {
  const events = createEventTeller({ api, clock, log, start })
  let before: readonly NodeCondition[] = start?.conditions ?? []
  let report: Report | null = null
  let applied = ''
  let failures = 0
  let trouble: string | null = 'nothing has been published yet'
  let isBusy = false
  let isStopped = false
  let cancel = () => {}

  const schedule = (time: number) => {
    cancel()
    if (!isStopped) cancel = clock.after(time, () => void apply())
  }

  const apply = async () => {
    if (isBusy || isStopped || report === null) return
    isBusy = true
    const [current, patch] = [report, renderNodePatch(report, { before, now: clock.now() })]
    const { answer, refused } = await applyAnyway(api, patch)
    isBusy = false
    if (answer.ok) succeed(current, answer.value, refused)
    else fail(answer)
    // A report that came meanwhile is published now.
    if (report !== current) publishIfNew()
  }

  const succeed = (told: Report, node: NodeView, refused: readonly string[]) => {
    if (failures > 0) log.info('the API server takes what is published again')
    for (const why of refused) log.error({ why }, 'the API server refuses a check; the others are published')
    failures = 0
    trouble = refused.length > 0 ? refused.join('; ') : null
    before = node.conditions
    applied = contentOf(told)
    void events.tell(told, node.uid)
    schedule(healEach)
  }

  const fail = (refusal: ApiRefusal) => {
    trouble = explain(refusal)
    if (failures === 0) log.warn({ why: trouble }, 'the Node cannot be written; it is tried again')
    failures++
    schedule(waitAfter(failures, refusal))
  }

  const publishIfNew = () => {
    if (report !== null && contentOf(report) !== applied && failures === 0) void apply()
  }
  const publish = (next: Report) => {
    report = next
    publishIfNew()
  }
  const stop = () => {
    isStopped = true
    cancel()
  }
  return { publish, trouble: () => trouble, stop }
}

function waitAfter(failures: number, { retryAfter }: ApiRefusal): number {
  const wait = retryAfter ?? Math.min(firstRetry * 2 ** (failures - 1), lastRetry)
  return wait * (1 + Math.random() / 4)
}

/** All of a report that the Node says. */
function contentOf(report: Report): string {
  return JSON.stringify(
    report.checks.filter((check) => check.published).map(({ name, told }) => [name, told]),
  )
}

function explain({ status, message }: ApiRefusal): string {
  if (status === null) return `the API server does not answer: ${message}`
  if (status === 404) return `there is no such Node: ${message}`
  return `the API server answers ${status}: ${message}`
}
