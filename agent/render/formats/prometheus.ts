import { exposeMetrics } from '#agent/render/exposition.ts'
import { registerFile } from '#agent/render/metrics.ts'
import type { Report } from '#agent/model/report.ts'

/**
 * For the textfile collector of node_exporter, which drops a file with timestamps and knows no OpenMetrics
 * (https://github.com/prometheus/node_exporter#textfile-collector). The metrics of /metrics that a file can tell.
 */
export function renderPrometheus(report: Report): Promise<string> {
  return exposeMetrics(registerFile(report), 'text')
}
