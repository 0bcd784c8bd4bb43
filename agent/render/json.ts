import type { Report } from '../model/report.ts'

/** The report as it is: its fields are the contract. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`
}
