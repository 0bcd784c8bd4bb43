import type { Catalog } from '#agent/catalog/catalog.ts'
import type { Explanation } from '#agent/model/explanation.ts'
import type { Report } from '#agent/model/report.ts'
import { answersOf } from '#agent/symptoms/answer-of-report.ts'
import { exitMeaning } from '#agent/symptoms/exit-codes.ts'
import type { Hit } from '#agent/symptoms/hit.ts'
import { judgeHits } from '#agent/symptoms/judge-hits.ts'

export interface KnownOfHost {
  readonly catalog: Catalog
  /** null when no host was asked. */
  readonly report: Pick<Report, 'node' | 'host' | 'checks'> | null
  /** The check that was made for a hit that no check knows; null when none could be. */
  readonly madeFor: (hit: Hit) => string | null
  readonly exitCode: number | undefined
}

/** What hits in a log mean on a host. */
export function explanationOf(
  hits: readonly Hit[],
  { catalog, report, madeFor, exitCode: code }: KnownOfHost,
): Explanation {
  const meaning = exitMeaning(code)
  return {
    v: 1,
    host: report && { name: report.node, os: report.host.os },
    exit:
      meaning === null || code === undefined ? null : { code, means: meaning.means, source: meaning.source },
    causes: judgeHits(hits, { checks: catalog, answerFor: answersOf(report, madeFor) }),
  }
}
