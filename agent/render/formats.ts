import type { Report } from '#agent/model/report.ts'
import { renderGithub } from './formats/github.ts'
import { renderJson } from './formats/json.ts'
import { renderJunit } from './formats/junit.ts'
import { renderNagios } from './formats/nagios.ts'
import { renderNfd } from './formats/nfd.ts'
import { renderNpd } from './formats/npd.ts'
import { renderPrometheus } from './formats/prometheus.ts'
import { renderTable, renderWide } from './formats/table.ts'
import { renderTap } from './formats/tap.ts'
import { renderYaml } from './formats/yaml.ts'
import { renderSummary } from './summary.ts'
import type { RenderOptions } from './summary.ts'

type Renderer = (report: Report, options: RenderOptions) => string | Promise<string>

/** The output formats of `check -o`, by name. */
export const formats = {
  summary: renderSummary,
  table: renderTable,
  wide: renderWide,
  json: renderJson,
  yaml: renderYaml,
  junit: renderJunit,
  tap: renderTap,
  github: renderGithub,
  nagios: renderNagios,
  prometheus: renderPrometheus,
  npd: renderNpd,
  nfd: renderNfd,
} satisfies Record<string, Renderer>

export type Format = keyof typeof formats
