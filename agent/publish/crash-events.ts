import { groupCrashes } from '#agent/model/crash-groups.ts'
import type { CrashGroup } from '#agent/model/crash-groups.ts'
import type { Clock } from '#agent/model/host.ts'
import type { Report } from '#agent/model/report.ts'
import { readAnnotation } from '#agent/node/annotation.ts'
import { longestNote } from '#agent/node/node-api.ts'
import type { EventWords, NodeView } from '#agent/node/node-api.ts'
import { fixInLine } from '#agent/node/message.ts'

/** Each need has at most one event in this time, milliseconds. It is apart from that of changes of state. */
const quietTime = 600_000

interface Remembered {
  /** Boot clock of the last event; null when the Node said it before a restart. */
  readonly at: number | null
  /** The containers that it has told of. */
  readonly told: ReadonlySet<string>
}

/** Tells of each need by which containers crash, and again when it hits others. */
export function createCrashEvents(clock: Clock) {
  const remembered = new Map<string, Remembered>()
  let before: readonly string[] = []

  const eventOf = (group: CrashGroup): EventWords[] => {
    const known = remembered.get(group.need)
    const now = new Set(
      group.pods?.map(({ namespace, pod, container }) => `${namespace}/${pod}/${container}`),
    )
    if (known === undefined && group.checks.some((name) => before.includes(name))) {
      remembered.set(group.need, { at: null, told: now })
      return []
    }
    const isQuiet = known !== undefined && known.at !== null && clock.boot() - known.at < quietTime
    if (isQuiet || (known !== undefined && now.isSubsetOf(known.told))) return []
    remembered.set(group.need, { at: clock.boot(), told: now })
    return [{ type: 'Warning', reason: 'HostDependencyCrash', note: noteOf(group) }]
  }

  return {
    /** Call it with what the Node said at the start: of that nothing is told again. */
    goOnFrom({ report }: NodeView): void {
      const read = report === null ? null : readAnnotation(report)
      const checks = read !== null && 'checks' in read ? read.checks : []
      before = checks.filter(({ crashes = 0 }) => crashes > 0).map(({ check }) => check)
    },
    forget(): void {
      remembered.clear()
      before = []
    },
    /** The events that a report is worth, when they are sent now. */
    look(report: Report): readonly EventWords[] {
      const groups = groupCrashes(report, { isNamed: true }).filter(({ fixed }) => fixed === null)
      const events = groups.flatMap(eventOf)
      const needs = new Set(groups.map(({ need }) => need))
      for (const [need, { at }] of remembered) {
        const isOver = at === null || clock.boot() - at >= quietTime
        if (!needs.has(need) && isOver) remembered.delete(need)
      }
      before = before.filter((name) => groups.some(({ checks }) => checks.includes(name)))
      return events
    },
  }
}

/** "longhorn-system/longhorn-manager-5mc6p crash-loops: iscsiadm is not on the host's PATH (open-iscsi, longhorn). Fix: ..." */
function noteOf({ pods = [], message, checks, fix }: CrashGroup): string {
  const [first] = pods
  const others = new Set(pods.map(({ namespace, pod }) => `${namespace}/${pod}`)).size - 1
  const who = `${first?.namespace}/${first?.pod}${others > 0 ? ` and ${others} more` : ''}`
  const start = `${who} crash-loop${others > 0 ? '' : 's'}: `
  return start + fixInLine({ message: `${message} (${checks.join(', ')})`, fix }, longestNote - start.length)
}
