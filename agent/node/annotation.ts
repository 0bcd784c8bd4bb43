import * as z from 'zod'
import { checkNamePattern } from '#agent/model/names.ts'
import { plainText } from '#agent/model/plain.ts'
import { checksOf } from '#agent/model/relevance.ts'
import type { Report, ReportCheck } from '#agent/model/report.ts'
import { states } from '#agent/model/state.ts'
import { apiTime } from './api-time.ts'
import type { NodeView } from './node-api.ts'

/** Bytes; the annotations of an object share 256 KiB, and every watcher of Nodes receives them. */
export const longestAnnotation = 4096

/** Characters of what is read: what is longer, no agent wrote. */
const longestRead = 4 * longestAnnotation

/** Characters of a fact; a version or a kernel's release has some thirty. */
const longestFact = 64

const word = z.string().max(longestAnnotation).transform(plainText)
const maybe = word.nullable()

/** What the fix of a need depends on, so that it can be written elsewhere: `FixFacts`, in words. */
const host = z.object({
  distro: maybe,
  version: maybe,
  family: maybe,
  installer: word,
  imageBased: maybe,
  kernel: maybe,
  arch: word,
  container: maybe,
})

const check = z.object({
  check: z.string().regex(checkNamePattern),
  state: z.enum(states),
  /** RFC 3339, whole seconds. */
  since: z.iso.datetime(),
  /** The state before this one; not there when there was none. */
  was: z.enum(states).optional(),
  /** The needs that are missing or unknown, each with its reason; not there when none is. */
  needs: z.array(z.object({ id: word, reason: word })).optional(),
  /** How many containers crash-loop here because of the check; not there when none does. */
  crashes: z.int().positive().optional(),
})

/**
 * `hostdeps.dev/report` on a Node. Keys that it does not know are ignored, since a newer agent may write them; the version changes
 * when an old reader would be misled.
 */
const annotation = z.object({
  v: z.literal(2),
  host,
  checks: z.array(check),
  /** Checks that are left out, since the text would be longer than {@link longestAnnotation}. */
  omitted: z.int().nonnegative(),
  /** The checks of workloads that were seen on the node, published or not; not there when none was. */
  seen: z.array(z.string().regex(checkNamePattern)).optional(),
})

export type NodeReport = z.output<typeof annotation>

/** Why it cannot be read, for people. */
type Unreadable = { readonly unreadable: string }

export function readAnnotation(text: string): NodeReport | Unreadable {
  if (text.length > longestRead) return { unreadable: `it has ${text.length} characters` }
  const value = parse(text)
  const version = typeof value === 'object' && value !== null && 'v' in value ? value.v : undefined
  if (typeof version === 'number' && version !== 2)
    return { unreadable: `it has version ${version}, and only 2 is known` }
  const read = annotation.safeParse(value)
  if (read.success) return read.data
  const [issue] = read.error.issues
  return { unreadable: issue === undefined ? 'invalid' : `${issue.path.join('.')}: ${issue.message}` }
}

/** What the annotation of a Node says of checks; nothing where there is none that can be read. */
export function entriesOf({ report }: Pick<NodeView, 'report'>): NodeReport['checks'] {
  const read = report === null ? null : readAnnotation(report)
  return read !== null && 'checks' in read ? read.checks : []
}

/**
 * Those by which something crashes first, published or not; then the published ones, worst first, so that what is left out matters
 * least. A check that does not fit is left out, and the next one is tried. What was seen gets the room that is left.
 */
export function renderAnnotation(
  report: Report,
  published: readonly ReportCheck[],
  seen: readonly string[] = [],
): string {
  const { hostname: _, os: __, ...facts } = report.host
  const short = Object.entries(facts).map(([key, value]) => [key, value?.slice(0, longestFact) ?? null])
  const crashes = countCrashes(report, published)
  const crashing = report.checks.filter((check) => crashes.has(check.name) && !published.includes(check))
  const rank = ({ name, published: { state } }: ReportCheck) =>
    crashes.has(name) ? -1 : states.indexOf(state)
  const entries = [...published, ...crashing]
    .toSorted((a, b) => rank(a) - rank(b))
    .map((check) => entryOf(check, crashes.get(check.name)))
  const textOf = (kept: readonly object[], named: readonly string[]) =>
    JSON.stringify({
      v: 2,
      host: Object.fromEntries(short),
      checks: kept,
      omitted: entries.length - kept.length,
      ...(named.length > 0 && { seen: named }),
    })
  const fits = openRoom(longestAnnotation - Buffer.byteLength(textOf([], [])))
  const kept = entries.filter(fits)
  const fitsToo = openRoom(longestAnnotation - Buffer.byteLength(textOf(kept, [''])))
  return textOf(kept, seen.filter(fitsToo))
}

/** Whether one more item of a list fits into what is left of so many bytes. */
function openRoom(bytes: number): (item: unknown) => boolean {
  let left = bytes
  return (item) => {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1
    if (size > left) return false
    left -= size
    return true
  }
}

/** By check, of the published ones where there are any. */
function countCrashes({ crashes }: Report, published: readonly ReportCheck[]): ReadonlyMap<string, number> {
  const names = new Set(published.map(({ name }) => name))
  const counts = new Map<string, number>()
  for (const crash of crashes.filter(({ fixed }) => fixed === null))
    for (const name of checksOf(crash, names)) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

function entryOf({ name, published: { state, since, was, needs } }: ReportCheck, crashes?: number) {
  return {
    check: name,
    state,
    since: apiTime(new Date(since)),
    ...(was !== null && { was }),
    ...(needs.length > 0 && { needs }),
    ...(crashes !== undefined && { crashes }),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
