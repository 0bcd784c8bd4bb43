import { randomUUID } from 'node:crypto'
import { groupCrashes } from '#agent/model/crash-groups.ts'
import type { Report, ReportSource } from '#agent/model/report.ts'
import type { Snapshot } from '#agent/model/snapshot.ts'
import { stale } from '#agent/model/stale.ts'

/** Milliseconds. Whether a report is stale depends on the boot clock, a file that is too slow to read for each request. */
const askAgainAfter = 100

export interface SnapshotOptions {
  /** Why the Node differs from the report; null when it does not. */
  readonly trouble: () => string | null
  /** Whether pods may be named. */
  readonly isNamed: () => boolean
}

export function openSnapshots(source: ReportSource, { trouble, isNamed }: SnapshotOptions): () => Snapshot {
  let seen: Report | null = null
  let asked = -Infinity
  let snapshot: Snapshot = { report: null, crashes: [], stale: null, unpublished: null }
  return () => {
    const now = performance.now()
    const report = source.current()
    if (report === seen && now - asked < askAgainAfter) return snapshot
    const [why, unpublished] = [source.stale(), trouble()]
    const isSame = report === seen && why === snapshot.stale && unpublished === snapshot.unpublished
    if (!isSame) {
      const crashes = report === null ? [] : groupCrashes(report, { isNamed: isNamed() })
      const trusted = report && why ? distrust(report, why) : report
      snapshot = { report: trusted, crashes, stale: why, unpublished }
    }
    seen = report
    asked = now
    return snapshot
  }
}

/** Makes something once per snapshot. */
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

/** Of a snapshot: it changes only with it. */
const numberOf = oncePerSnapshot(() => `${ownProcess}-${++snapshots}`)

/** The ETag of what is made of a snapshot at one address; each kind of it has its own (RFC 9110, 8.8.1). */
export function tagOf(snapshot: Snapshot, kind: 'html' | 'json' | 'text'): string {
  return `"${numberOf(snapshot)}-${kind}"`
}

function distrust(report: Report, detail: string): Report {
  const now = { ...stale(detail), pending: null }
  return {
    ...report,
    fix: null,
    checks: report.checks.map((check) => {
      const isSame = check.reason === now.reason && check.message === now.message && check.pending === null
      return isSame ? check : { ...check, ...now, since: check.state === now.state ? check.since : report.at }
    }),
  }
}
