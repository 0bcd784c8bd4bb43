import { groupCrashes } from '#agent/model/crash-groups.ts'
import type { CrashGroup } from '#agent/model/crash-groups.ts'
import { relevanceOf, withRelevance } from '#agent/model/relevance.ts'
import type { Report } from '#agent/model/report.ts'

/** The report as JSON: its fields are the contract. */
export function renderJson(report: Report): string {
  return [...jsonParts(report, groupCrashes(report, { isNamed: true }))].join('')
}

/** The same, one check after the other, because a thousand checks may be larger than the heap. */
export function* jsonParts(report: Report, crashes: readonly CrashGroup[]): Iterable<string> {
  const { checks, ...others } = report
  const relevance = relevanceOf(report)
  yield `${JSON.stringify({ ...others, crashes }, null, 2).slice(0, -2)},\n  "checks": [`
  let before = ''
  for (const check of checks) {
    yield `${before}\n    ${JSON.stringify(withRelevance(check, relevance), null, 2).replaceAll('\n', '\n    ')}`
    before = ','
  }
  yield checks.length === 0 ? ']\n}\n' : '\n  ]\n}\n'
}
