import { stringify } from 'yaml'
import type { Report } from '#agent/model/report.ts'

/** The same fields as JSON. */
export function renderYaml(report: Report): string {
  return stringify(report, { lineWidth: 0, aliasDuplicateObjects: false })
}
