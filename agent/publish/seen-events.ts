import type { Report, ReportCheck } from '#agent/model/report.ts'
import { readAnnotation } from '#agent/node/annotation.ts'
import { longestNote } from '#agent/node/node-api.ts'
import type { EventWords, NodeView } from '#agent/node/node-api.ts'

/** Workloads that are told at all; whoever edits custom checks might name any number of containers. */
const mostTold = 50

/** Tells once of each workload that runs here, whose host lacks something, and that the config does not publish. */
export function createSeenEvents() {
  const told = new Set<string>()
  return {
    /** Call it with what the Node said at the start: what was seen then has been told. */
    goOnFrom({ report }: NodeView): void {
      const said = report === null ? null : readAnnotation(report)
      if (said !== null && 'seen' in said) for (const name of said.seen ?? []) told.add(name)
    },
    forget: () => told.clear(),
    /** The events that a report is worth. */
    look({ checks, seen, settings }: Report): readonly EventWords[] {
      const here = new Set(seen.map(({ check }) => check))
      const news = checks.filter(
        ({ name, isPublished, published }) =>
          here.has(name) && !isPublished && published.state === 'missing' && !told.has(name),
      )
      const events = news.slice(0, Math.max(0, mostTold - told.size))
      for (const { name } of events) told.add(name)
      return events.map((check) => ({
        type: 'Normal',
        reason: 'WorkloadSeen',
        note: noteOf(check, settings.checks),
      }))
    },
  }
}

function noteOf({ name, published }: ReportCheck, checks: readonly string[]): string {
  const line = `checks: [${[...checks, name].join(', ')}]`
  const how =
    line.length < longestNote / 2 ? `the config's line is then ${line}` : `add it to the config's checks`
  const what = `the workload of ${name} is on this node, whose host lacks something for it: ${published.message}`
  const rest = `. No label says so, since ${name} is not published: ${how}`
  return what.slice(0, longestNote - rest.length) + rest
}
