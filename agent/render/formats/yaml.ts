import { stringify } from 'yaml'
import { relevanceOf, withRelevance } from '#agent/model/relevance.ts'
import type { Report } from '#agent/model/report.ts'

/** The same fields as JSON. */
export function renderYaml(report: Report): string {
  const relevance = relevanceOf(report)
  const checks = report.checks.map((check) => withRelevance(check, relevance))
  return stringify({ ...report, checks }, { lineWidth: 0, aliasDuplicateObjects: false })
}
