import { longestNote } from '#agent/node/node-api.ts'
import type { EventWords, NodeEvent, NodeView } from '#agent/node/node-api.ts'
import type { Report, ReportCheck } from '#agent/model/report.ts'
import { configInvalid } from '#agent/model/snapshot.ts'
import type { State } from '#agent/model/state.ts'
import { statesOn } from '#agent/node/state-on-node.ts'
import { renderMessage } from '#agent/node/message.ts'
import { createCrashEvents } from './crash-events.ts'
import { createSeenEvents } from './seen-events.ts'
import { createEventQueue } from './event-queue.ts'
import type { QueueOptions } from './event-queue.ts'

export interface EventCounts {
  /** Events that the API server accepted. */
  readonly events: number
  /** Changes whose event was delayed because the check had one just before, or dropped because too many waited. */
  readonly eventsHeldBack: number
}

/** Each check has at most one event in this time, milliseconds. */
const quietTime = 600_000

/**
 * Publishes each change of a check, and each change of the config's mistakes, as an event on the Node. A check that is seen for the
 * first time gets an event only if it is missing; what the Node said before a restart gets none. A workload that is seen here but
 * not published is told once.
 */
export function createEventPublisher(options: QueueOptions) {
  const { clock } = options
  const remembered = new Map<string, Remembered>()
  const queue = createEventQueue(options)
  const others = [createCrashEvents(clock), createSeenEvents()]
  let heldBack = 0
  /** What the Node said at the start. */
  let stateBefore: (check: string) => State | undefined = () => undefined
  let mistakes = ''

  const publishChange = (check: ReportCheck, regarding: Regarding) => {
    const known = remembered.get(check.name)
    const old = known?.state ?? stateBefore(check.name)
    const { state } = check.published
    const isNews =
      old === undefined ? state === 'missing' : old !== state && (state === 'missing' || state === 'ready')
    const isQuiet = known?.at !== null && known?.at !== undefined && clock.boot() - known.at < quietTime
    if (isNews && isQuiet) {
      if (known.held !== state) heldBack++
      remembered.set(check.name, { ...known, held: state })
      return
    }
    remembered.set(check.name, { state, at: isNews ? clock.boot() : (known?.at ?? null), held: null })
    if (isNews) queue.add({ ...regarding, ...checkEvent(check) })
  }

  const publishMistakes = (now: readonly string[], regarding: Regarding) => {
    const text = now.join('; ')
    if (text === mistakes) return
    mistakes = text
    queue.add({ ...regarding, ...configEvent(text) })
  }

  return {
    /** Call it with what the Node said at the start. */
    goOnFrom(node: NodeView): void {
      stateBefore = statesOn(node)
      for (const one of others) one.goOnFrom(node)
    },
    /** Call it when the Node is a new one, which has had no events yet. */
    forget(): void {
      remembered.clear()
      for (const one of others) one.forget()
      stateBefore = () => undefined
    },
    publish(report: Report, { name: node, uid }: NodeView): void {
      const { settings, checks } = report
      if (!settings.publish.events) return
      for (const check of checks.filter(({ isPublished }) => isPublished)) publishChange(check, { node, uid })
      for (const event of others.flatMap((one) => one.look(report))) queue.add({ node, uid, ...event })
      publishMistakes(settings.mistakes, { node, uid })
    },
    counts(): EventCounts {
      const { sent, dropped } = queue.counts()
      return { events: sent, eventsHeldBack: heldBack + dropped }
    },
    stop: () => queue.stop(),
  }
}

interface Remembered {
  /** The state at the last event, or when the check was first seen. */
  readonly state: State
  /** Boot clock of the last event; null before the first. */
  readonly at: number | null
  /** A later state whose event waits for the end of the quiet time; it is sent only if it still holds then. */
  readonly held: State | null
}

type Regarding = Pick<NodeEvent, 'node' | 'uid'>

function checkEvent({ name, published }: ReportCheck): EventWords {
  const start = `${name}: `
  const note = start + renderMessage(published, longestNote - start.length)
  return { type: published.state === 'missing' ? 'Warning' : 'Normal', reason: published.reason, note }
}

function configEvent(mistakes: string): EventWords {
  if (mistakes === '') return { type: 'Normal', reason: 'ConfigValid', note: 'the config is valid again' }
  const note = `${configInvalid}: ${mistakes}`.slice(0, longestNote)
  return { type: 'Warning', reason: 'ConfigInvalid', note }
}
