import { randomUUID } from 'node:crypto'
import { verdict } from '#agent/model/reason.ts'
import type { Report, ReportCheck, ReportSource } from '#agent/model/report.ts'

/** What may be told right now. It stays the same object until that changes, so that what is made of it can be kept. */
export interface Sight {
  /** null before the first round. When it is stale, every check in it is unknown. */
  readonly report: Report | null
  readonly stale: string | null
  /** Why the Node does not say the same; null when it does. */
  readonly unpublished: string | null
}

/** Milliseconds: asking whether a report is stale reads the boot clock, a file, too slow for each request. */
const askAgainAfter = 100

export function openSight(source: ReportSource, publishing: () => string | null): () => Sight {
  let seen: Report | null = null
  let asked = -Infinity
  let sight: Sight = { report: null, stale: null, unpublished: null }
  return () => {
    const now = performance.now()
    const report = source.current()
    if (report === seen && now - asked < askAgainAfter) return sight
    const [stale, unpublished] = [source.stale(), publishing()]
    const isSame = report === seen && stale === sight.stale && unpublished === sight.unpublished
    if (!isSame) sight = { report: report && stale ? distrust(report, stale) : report, stale, unpublished }
    seen = report
    asked = now
    return sight
  }
}

/** Makes something of a sight once, and again only when the sight has changed. */
export function oncePerSight<T>(make: (sight: Sight) => T): (sight: Sight) => T {
  const made = new WeakMap<Sight, { readonly value: T }>()
  return (sight) => {
    const entry = made.get(sight) ?? { value: make(sight) }
    made.set(sight, entry)
    return entry.value
  }
}

const ownProcess = randomUUID().slice(0, 8)
let sights = 0

/** The tag of all that is served of a sight: as long as that is the same, so is all of it. */
export const tagOf = oncePerSight(() => `"${ownProcess}-${++sights}"`)

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
