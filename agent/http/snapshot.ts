import { randomUUID } from 'node:crypto'
import { verdict } from '#agent/model/reason.ts'
import type { Report, ReportCheck, ReportSource } from '#agent/model/report.ts'

/** What may be told right now. It stays the same object until that changes, so that what is made of it can be kept. */
export interface Snapshot {
  /** null before the first round. When it is stale, every check in it is unknown. */
  readonly report: Report | null
  readonly stale: string | null
  /** Why the Node does not say the same; null when it does. */
  readonly unpublished: string | null
}

/** Milliseconds: asking whether a report is stale reads the boot clock, a file, too slow for each request. */
const askAgainAfter = 100

export function openSnapshots(source: ReportSource, publishing: () => string | null): () => Snapshot {
  let seen: Report | null = null
  let asked = -Infinity
  let snapshot: Snapshot = { report: null, stale: null, unpublished: null }
  return () => {
    const now = performance.now()
    const report = source.current()
    if (report === seen && now - asked < askAgainAfter) return snapshot
    const [stale, unpublished] = [source.stale(), publishing()]
    const isSame = report === seen && stale === snapshot.stale && unpublished === snapshot.unpublished
    if (!isSame) snapshot = { report: report && stale ? distrust(report, stale) : report, stale, unpublished }
    seen = report
    asked = now
    return snapshot
  }
}

/** Makes something of a snapshot once, and again only when the snapshot has changed. */
export function oncePerSnapshot<T>(make: (snapshot: Snapshot) => T): (snapshot: Snapshot) => T {
  const made = new WeakMap<Snapshot, { readonly value: T }>()
  return (snapshot) => {
    const entry = made.get(snapshot) ?? { value: make(snapshot) }
    made.set(snapshot, entry)
    return entry.value
  }
}

const ownProcess = randomUUID().slice(0, 8)
let snapshots = 0

/** The tag of all that is served of a snapshot: as long as that is the same, so is all of it. */
export const tagOf = oncePerSnapshot(() => `"${ownProcess}-${++snapshots}"`)

/** The findings stay as they were last seen; of the checks nothing is known any more. */
function distrust(report: Report, detail: string): Report {
  const { state, reason, message } = verdict('RoundStale', { detail })
  const sinceOf = (check: ReportCheck) => (check.state === state ? check.since : report.at)
  const fix = null
  const pending = null
  return {
    ...report,
    checks: report.checks.map((check) =>
      check.reason === reason && check.message === message && check.pending === null
        ? check
        : { ...check, state, reason, message, since: sinceOf(check), fix, pending },
    ),
  }
}
