import type { Logger } from 'pino'
import type { Clock } from '../model/host.ts'
import { labelKey } from '../model/names.ts'
import type { NodeApi, NodeView } from '../model/node-api.ts'
import type { Report, ReportCheck } from '../model/report.ts'
import type { State } from '../model/state.ts'

export interface EventOptions {
  readonly api: NodeApi
  readonly clock: Clock
  readonly log: Logger
  /** What the Node says at the start: of that no event is made again. */
  readonly start: NodeView | null
}

/** At most one event a check in this time, milliseconds. */
const quietTime = 600_000
/** Characters of a note, as the API bounds them. */
const longestNote = 1_024

/** Tells each change of a check as an event on the Node; at first sight only what is missing. */
export function createEventTeller({ api, clock, log, start }: EventOptions) {
  const told = new Map<string, { state: State; at: number | null }>()
  const firstOf = (check: ReportCheck): State | undefined => {
    const label = start?.labels[labelKey(check.name)]
    return label === 'ready' || label === 'missing' || label === 'unknown' || label === 'not-applicable'
      ? label
      : undefined
  }

  const tellOne = async (report: Report, check: ReportCheck, uid: string) => {
    const known = told.get(check.name)
    const old = known?.state ?? firstOf(check)
    const { state, reason, message, fix } = check.told
    const isNews =
      old === undefined ? state === 'missing' : old !== state && (state === 'missing' || state === 'ready')
    const isQuiet = known?.at !== null && known?.at !== undefined && clock.boot() - known.at < quietTime
    told.set(check.name, { state, at: isNews && !isQuiet ? clock.boot() : (known?.at ?? null) })
    if (!isNews || isQuiet) return
    const note = [`${check.name}: ${message}`, ...(state === 'missing' && fix !== null ? [fix] : [])].join(
      '\n',
    )
    const type = state === 'missing' ? 'Warning' : 'Normal'
    const answer = await api.tell({ node: report.node, uid, type, reason, note: note.slice(0, longestNote) })
    if (!answer.ok) log.warn({ check: check.name, why: answer.message }, 'an event could not be made')
  }

  return {
    async tell(report: Report, uid: string): Promise<void> {
      for (const check of report.checks.filter(({ published }) => published))
        await tellOne(report, check, uid)
    },
  }
}
