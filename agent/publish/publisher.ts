import type { Logger } from 'pino'
import type { Clock } from '#agent/model/host.ts'
import type { ApiRefusal, NodeApi, NodeView } from '#agent/node/node-api.ts'
import type { PublishStatus, Report } from '#agent/model/report.ts'
import { renderNodePatch } from '#agent/node/patch.ts'
import { createEventPublisher } from './limit-events.ts'
import { applyWithoutRefused, isOurMistake } from './leave-out-refused.ts'
import { takeOffLast } from './take-off-last.ts'
import { shareOf, waitAfter } from './backoff.ts'

export interface PublisherOptions {
  readonly api: NodeApi
  /** The Node to write to. */
  readonly node: string
  readonly clock: Clock
  readonly log: Logger
  /** Called once, before anything is written, so that the agent resumes from what the Node says. */
  readonly restore: (node: NodeView) => void
}

/** The least part of `reapply` after which a Node is applied to again, so that agents do not all do it at once. */
const leastShare = 0.9

/** Spreads the first reads, and then the first applies, of agents that start together, milliseconds. */
const firstWithin = 2_500

/**
 * Keeps the Node in line with the report:
 *
 * - nothing is written before the Node was read, because we resume from what it says;
 * - a change is applied at once; without a change only one apply is sent each `reapply`, which writes nothing unless somebody else
 *   changed what is ours;
 * - a failure is tried again until it succeeds, more and more slowly, or when the API server says so; a missing Node or a rejected
 *   token may recover;
 * - a check that the API server refuses is left out, and the others are published; what it refuses as a whole is not sent again
 *   until it changes or `reapply` is over;
 * - a Node that was deleted and created again is published to again;
 * - a published change makes one event, at most one per check in ten minutes;
 * - what was seen on the node is told anew at most once each `reapply`: pods come and go, and each change is a write to the Node.
 */
export class Publisher {
  readonly #options: PublisherOptions
  readonly #events: ReturnType<typeof createEventPublisher>
  readonly #counts = { applied: 0, failed: 0 }
  /** The Node as last seen; null before it was read. */
  #node: NodeView | null = null
  #report: Report | null = null
  #applied = ''
  /** What the annotation says was seen, and since when by the boot clock; null before the first apply. */
  #seen: { readonly names: readonly string[]; readonly at: number } | null = null
  #failures = 0
  #trouble: string | null = 'nothing has been published yet'
  /** False while we must wait: before the first apply, and after a failure. */
  #mayGo = false
  #isBusy = false
  #isStopped = false
  #cancel = () => {}

  constructor(options: PublisherOptions) {
    this.#options = options
    this.#events = createEventPublisher(options)
    this.#wakeAfter(firstWithin * shareOf(options.node))
  }

  /** Puts a report on the Node, now or as soon as possible. */
  publish(report: Report): void {
    this.#report = report
    this.#goOn()
  }

  status(): Omit<PublishStatus, 'policyEnforced'> {
    return { trouble: this.#trouble, ...this.#counts, ...this.#events.counts() }
  }

  /** Stops publishing. What is on the Node stays there. */
  stop(): void {
    this.#isStopped = true
    this.#cancel()
    this.#events.stop()
  }

  #wakeAfter(time: number): void {
    this.#cancel()
    if (!this.#isStopped) this.#cancel = this.#options.clock.after(time, () => void this.#work())
  }

  async #work(): Promise<void> {
    if (this.#isBusy || this.#isStopped) return
    this.#isBusy = true
    await (this.#node === null ? this.#read() : this.#apply(this.#node))
    this.#isBusy = false
    // Publishes a report that came meanwhile.
    this.#goOn()
  }

  #goOn(): void {
    const isNews = this.#report !== null && contentOf(this.#report) !== this.#applied
    if (isNews && this.#mayGo && !this.#isBusy) void this.#work()
  }

  async #read(): Promise<void> {
    const { api, node, restore } = this.#options
    const answer = await api.read(node)
    if (this.#isStopped) return
    if (!answer.ok) return this.#fail(answer)
    this.#failures = 0
    this.#node = answer.value
    this.#events.goOnFrom(answer.value)
    restore(answer.value)
    this.#wakeAfter(firstWithin * shareOf(node))
  }

  async #apply(known: NodeView): Promise<void> {
    this.#mayGo = true
    if (this.#report === null) return
    const { api, clock } = this.#options
    const report = this.#report
    const seen = this.#seenFor(report)
    const patch = renderNodePatch(report, { before: known.conditions, now: clock.now(), seen })
    const checks = report.checks.flatMap(({ name, isPublished }) => (isPublished ? [name] : []))
    const left = await takeOffLast(api, known, patch)
    if (!left.ok) return this.#fail(left)
    const { answer, refused } = await applyWithoutRefused(api, patch, checks)
    if (answer.ok) this.#succeed(report, { before: known, now: answer.value, refused })
    else this.#fail(answer)
  }

  #seenFor({ seen, settings }: Report): readonly string[] {
    const now = this.#options.clock.boot()
    const isKept = this.#seen !== null && now - this.#seen.at < settings.publish.reapply * leastShare
    if (this.#seen === null || !isKept)
      this.#seen = { names: [...new Set(seen.map(({ check }) => check))].toSorted(), at: now }
    return this.#seen.names
  }

  #succeed(
    report: Report,
    { before, now, refused }: { before: NodeView; now: NodeView; refused: readonly string[] },
  ): void {
    const { log, node } = this.#options
    if (this.#failures > 0) log.info('the API server accepts our applies again')
    for (const why of refused) log.error({ why }, 'the API server refuses a check; the others are published')
    if (before.uid !== now.uid) {
      log.info({ node, uid: now.uid }, 'the Node was deleted and created again')
      this.#events.forget()
    }
    this.#counts.applied++
    this.#failures = 0
    this.#trouble = refused.length > 0 ? refused.join('; ') : null
    this.#node = now
    this.#applied = contentOf(report)
    this.#events.publish(report, now)
    this.#wakeAfter(report.settings.publish.reapply * (leastShare + 0.2 * shareOf(node)))
  }

  #fail(refusal: ApiRefusal): void {
    const { log, node } = this.#options
    this.#counts.failed++
    this.#trouble = explain(refusal)
    if (this.#failures === 0)
      log.warn({ node, why: this.#trouble }, 'publishing to the Node failed; it will be tried again')
    this.#failures++
    if (this.#report !== null && isOurMistake(refusal)) {
      this.#applied = contentOf(this.#report)
      return this.#wakeAfter(this.#report.settings.publish.reapply)
    }
    this.#mayGo = false
    this.#wakeAfter(waitAfter(this.#failures, refusal))
  }
}

/** Everything in a report that affects the Node. */
function contentOf({ settings, checks, crashes }: Report): string {
  const published = checks.filter((check) => check.isPublished).map((check) => [check.name, check.published])
  const crashing = crashes.map(({ namespace, pod, container, need, fixed }) => [
    namespace,
    pod,
    container,
    need,
    fixed,
  ])
  return JSON.stringify([published, settings.publish, settings.mistakes, crashing])
}

function explain({ status, message }: ApiRefusal): string {
  if (status === null) return `the API server cannot be reached: ${message}`
  if (status === 401) return `the API server does not accept the token (401): ${message}`
  if (status === 403) return `the service account lacks the right (403): ${message}`
  if (status === 404) return `there is no such Node (404): ${message}`
  return `the API server answers ${status}: ${message}`
}
