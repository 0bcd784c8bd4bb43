import { runAsUnit } from '#agent/apply/run-as-unit.ts'
import type { UnitEnd } from '#agent/apply/run-as-unit.ts'
import type { Report } from '#agent/model/report.ts'
import { isUsable } from '#agent/model/state.ts'

export interface ApplyOptions {
  readonly procfs: string
  /** Asks the checks again. */
  readonly ask: () => Promise<Report>
  readonly tell: (line: string) => void
}

export interface Applied {
  readonly end: UnitEnd
  /** Of the checks, asked again: this is the result, whatever the script's exit code. */
  readonly report: Report
}

/** Others that are waited for, one after the other. */
const mostWaits = 5

/** Runs a script on this host and asks its checks again; where another script's run made all ready, it runs nothing. */
export async function applyHere(script: string, { procfs, ask, tell }: ApplyOptions): Promise<Applied> {
  for (let waits = 1; ; waits++) {
    const end = await runAsUnit(script, { procfs, tell })
    const report = await ask()
    if (end.did !== 'wait' || isAllUsable(report) || waits > mostWaits) return { end, report }
  }
}

export function isAllUsable({ checks }: Report): boolean {
  return checks.every(({ state }) => isUsable(state))
}
