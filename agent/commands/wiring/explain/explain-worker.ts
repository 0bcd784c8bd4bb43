import { parentPort, workerData } from 'node:worker_threads'
import { load } from '#agent/catalog/load.ts'
import type { LoadOptions } from '#agent/catalog/load.ts'
import type { Report } from '#agent/model/report.ts'
import type { Hints } from '#agent/model/explanation.ts'
import { createMatcher } from '#agent/symptoms/matcher.ts'
import { explanationOf } from './explanation-of.ts'

export interface ExplainWork {
  readonly log: Uint8Array
  readonly hints: Hints
  readonly load: LoadOptions
  /** What the host last said; null before the first round. */
  readonly report: Pick<Report, 'node' | 'host' | 'checks'> | null
}

/** A thread of its own: reading a log takes long, and a pattern that takes too much ends with it. */
const { log, hints, load: options, report } = workerData as ExplainWork
const { catalog } = load(options)
const matching = createMatcher(catalog.values()).open(hints)
matching.push(log)
const { exitCode } = hints
parentPort?.postMessage(explanationOf(matching.end(), { catalog, report, exitCode, madeFor: () => null }))
