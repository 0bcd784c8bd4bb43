import { randomUUID } from 'node:crypto'
import type { Report, ReportCheck } from '#agent/model/report.ts'

/** What a stream is sent: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface WatchEvent {
  /** Of one agent process, counted up. */
  readonly id: string
  /** The check that it is about; null for what concerns everybody. */
  readonly check: string | null
  /** As it is sent to who watches these checks, or all. */
  readonly textFor: (only: ReadonlySet<string> | null) => string
}

export interface EventLog {
  /** What has changed since the last look, oldest first. */
  look(report: Report | null, stale: string | null): readonly WatchEvent[]
  /** All events after that one; null when they are not known any more, or never were. */
  after(id: string): readonly WatchEvent[] | null
  /** Where everything stands. */
  snapshot(): WatchEvent
}

/** How many are kept for clients that come back. */
const mostKept = 512

/** Turns reports, one after the other, into events. It holds the newest report, and texts of a few hundred bytes. */
export function createEventLog(): EventLog {
  const epoch = randomUUID().slice(0, 8)
  let [report, stale, count] = [null as Report | null, null as string | null, 0]
  const kept: WatchEvent[] = []
  const lastId = () => `${epoch}-${count}`
  const nextId = () => {
    count++
    return lastId()
  }
  const keep = (event: WatchEvent): WatchEvent => {
    kept.push(event)
    if (kept.length > mostKept) kept.shift()
    return event
  }
  const make = (type: string, data: object, check: string | null = null): WatchEvent => {
    const id = nextId()
    const text = formatEvent(id, type, data)
    return keep({ id, check, textFor: () => text })
  }
  const makeSnapshot = (of: Report | null, why: string | null, id: string): WatchEvent => {
    const whole = snapshotOf(of, why)
    return { id, check: null, textFor: (only) => formatEvent(id, 'snapshot', partOf(whole, only)) }
  }
  return {
    look(next, why) {
      const events: WatchEvent[] = []
      if (next !== null && next !== report) {
        if (report === null || !hasSameChecks(report, next))
          events.push(keep(makeSnapshot(next, why, nextId())))
        else
          for (const change of changesBetween(report, next)) events.push(make('check', change, change.name))
        events.push(make('round', { at: next.at, took: next.took }))
      }
      if (why !== stale) events.push(make('stale', { stale: why }))
      ;[report, stale] = [next ?? report, why]
      return events
    },
    after(id) {
      const index = kept.findIndex((event) => event.id === id)
      if (index >= 0) return kept.slice(index + 1)
      return id === lastId() ? [] : null
    },
    snapshot: () => makeSnapshot(report, stale, lastId()),
  }
}

function formatEvent(id: string, type: string, data: object): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`
}

interface Whole {
  readonly checks: Readonly<Record<string, string>>
}

function partOf(whole: Whole, only: ReadonlySet<string> | null): object {
  if (only === null) return whole
  const wanted = Object.entries(whole.checks).filter(([name]) => only.has(name))
  return { ...whole, checks: Object.fromEntries(wanted) }
}

function snapshotOf(report: Report | null, stale: string | null) {
  const checks = report?.checks ?? []
  return {
    node: report?.node ?? null,
    at: report?.at ?? null,
    stale,
    checks: Object.fromEntries(checks.map(({ name, state }) => [name, state])),
  }
}

function hasSameChecks(one: Report, other: Report): boolean {
  const names = new Set(one.checks.map(({ name }) => name))
  return names.size === other.checks.length && other.checks.every(({ name }) => names.has(name))
}

/** A check that says something else, though it may be of the same state. */
function changesBetween(before: Report, now: Report) {
  const old = new Map(before.checks.map((check) => [check.name, check]))
  return now.checks.flatMap((check) => {
    const was = old.get(check.name)
    return was === undefined || saysSame(was, check) ? [] : [changeOf(was, check)]
  })
}

function saysSame(one: ReportCheck, other: ReportCheck): boolean {
  return (
    one.state === other.state &&
    one.reason === other.reason &&
    one.message === other.message &&
    one.pending?.state === other.pending?.state
  )
}

function changeOf(was: ReportCheck, { name, state, reason, message, since, pending }: ReportCheck) {
  return { name, state, was: was.state, reason, message, since, pending: pending?.state ?? null }
}
